/** Errors for requests without a route: 405 if the path has other methods (RFC 9110, section 15.5.6), else 404. */
import type { Env, Hono } from 'hono';
import { TrieRouter } from 'hono/router/trie-router';
import { ApiError } from '../lib/api-error.ts';

/** The method under which Hono lists middleware. */
const MIDDLEWARE_METHOD = 'ALL';

/**
 * @param app with all its routes
 * @returns a function that creates the error for a method and path without a route
 */
export function createRouteError<E extends Env>(app: Hono<E>): (method: string, path: string) => ApiError {
  const routes = app.routes.filter(({ method }) => method !== MIDDLEWARE_METHOD);
  const methods = [...new Set(routes.map(({ method }) => method))];
  const router = new TrieRouter<true>();
  for (const { method, path } of routes) router.add(method, path, true);

  return (method, path) => {
    const allowed = methods.filter((candidate) => router.match(candidate, path)[0].length > 0);
    if (allowed.length === 0) return new ApiError(404, 'no_api', 'there is no such route');
    const allow = allowed.flatMap((candidate) => (candidate === 'GET' ? ['GET', 'HEAD'] : [candidate]));
    return new ApiError(
      405,
      'method_not_allowed',
      `${method} is not allowed here; allowed: ${allow.join(', ')}`,
      {
        headers: { allow: allow.join(', ') },
      },
    );
  };
}
