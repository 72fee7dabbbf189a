/** The path of the start page: people type the base path with or without a slash, but relative links need it. */
import type { MiddlewareHandler } from 'hono';
import { getPath } from 'hono/utils/url';
import type { ServerEnv } from './deps.ts';

/**
 * Hono knows the route at the base path without its slash.
 * @param prefix of all paths, without a slash at its end @returns the path by which routes are found
 */
export function createPathReader(prefix: string): (request: Request) => string {
  return (request) => {
    const path = getPath(request);
    return prefix !== '' && path.length > prefix.length && isStartPath(path, prefix) ? prefix : path;
  };
}

/** Redirects to the path with its slash. Relative, as all links are: a proxy may have changed what comes before. */
export function createSlashRedirect(prefix: string): MiddlewareHandler<ServerEnv> {
  const folder = prefix.split('/').at(-1);
  return async (c, next) => {
    const isStart = prefix !== '' && c.req.path === prefix && ['GET', 'HEAD'].includes(c.req.method);
    if (!isStart) return next();
    const { pathname, search } = new URL(c.req.url);
    return pathname === prefix ? c.redirect(`./${folder}/${search}`, 308) : next();
  };
}

/** With any number of slashes. */
function isStartPath(path: string, prefix: string): boolean {
  return path.startsWith(prefix) && /^\/+$/.test(path.slice(prefix.length));
}
