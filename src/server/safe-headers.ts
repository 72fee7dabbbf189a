/** Security headers for browsers. */
import type { MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import type { ServerEnv } from './deps.ts';

// No HSTS: TLS is terminated by a proxy, which decides that.
const common = secureHeaders({ strictTransportSecurity: false, xFrameOptions: 'DENY' });

/** For every response of Hono; routes that serve pages set their own content security policy. */
export const setSecurityHeaders: MiddlewareHandler<ServerEnv> = async (c, next) => {
  await common(c, next);
  if (!c.res.headers.has('content-security-policy'))
    c.res.headers.set('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
};

/** For images in pages of allowed origins; which origins those are is checked before (auth/hosts.ts). */
export const allowEmbedding: MiddlewareHandler<ServerEnv> = async (c, next) => {
  await next();
  c.res.headers.set('cross-origin-resource-policy', 'cross-origin');
};
