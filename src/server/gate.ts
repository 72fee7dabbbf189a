/** What every request passes first: `Host`, `Origin`, token. One middleware, because each costs time on the hot path. */
import type { MiddlewareHandler } from 'hono';
import { bearerToken, createTokenCheck } from './auth.ts';
import { createHostCheck } from './hosts.ts';
import { requestHeader, type ServerEnv, type ServerParts } from './parts.ts';

/** Probes come without a token, and learn nothing that is secret. */
const OPEN_PATHS = new Set(['/healthz', '/readyz']);

export function gate({ config }: ServerParts): MiddlewareHandler<ServerEnv> {
  const checkHost = createHostCheck(config);
  const checkToken = createTokenCheck(config.tokens);
  const prefix = config.basePath === '/' ? '' : config.basePath;

  return (c, next) => {
    checkHost({
      hosts: hostHeaders(c.env.incoming.rawHeaders),
      origin: requestHeader(c, 'origin'),
      fetchSite: requestHeader(c, 'sec-fetch-site'),
      fetchMode: requestHeader(c, 'sec-fetch-mode'),
      method: c.req.method,
    });
    const authorization = requestHeader(c, 'authorization');
    if (!OPEN_PATHS.has(c.req.path.slice(prefix.length))) checkToken(authorization);
    // With tokens of our own, what the caller presents is one of them and must never leave the house.
    c.set('callerToken', config.tokens.length === 0 ? bearerToken(authorization) : undefined);
    return next();
  };
}

/** All of them: Node's parsed headers keep the first and hide a second. */
function hostHeaders(rawHeaders: readonly string[]): string[] {
  return rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === 'host');
}
