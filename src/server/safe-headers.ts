/** Headers that keep a browser from making more of an answer than it is. */
import type { MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import type { ServerEnv } from './deps.ts';

// How a site is reached over TLS is its proxy's to say.
const common = secureHeaders({ strictTransportSecurity: false, xFrameOptions: 'DENY' });

/** For whatever Hono answers; a route that shows a page brings its own policy for content. */
export const setSecurityHeaders: MiddlewareHandler<ServerEnv> = async (c, next) => {
  await common(c, next);
  if (!c.res.headers.has('content-security-policy'))
    c.res.headers.set('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
};
