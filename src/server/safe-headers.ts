/** Security headers for browsers. */
import type { MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import type { PageCheck } from './auth/hosts.ts';
import type { ServerEnv } from './deps.ts';

// No HSTS: TLS is terminated by a proxy, which decides that. With the stricter referrer policy that is the default, the forms of our own
// pages would be sent with `Origin: null` (Fetch, section 3.1.1), which could be anybody's.
const common = secureHeaders({
  strictTransportSecurity: false,
  xFrameOptions: 'DENY',
  referrerPolicy: 'same-origin',
});

/** For every response of Hono; routes that serve pages set their own content security policy. */
export const setSecurityHeaders: MiddlewareHandler<ServerEnv> = async (c, next) => {
  await common(c, next);
  if (!c.res.headers.has('content-security-policy'))
    c.res.headers.set('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
};

/**
 * For images in pages of allowed origins. Requests of other pages are rejected before (auth/hosts.ts), but over plain HTTP,
 * except to loopback, browsers don't tell from which site they are: their pages must not be able to show the image either.
 */
export function allowEmbedding(isAllowed: PageCheck): MiddlewareHandler<ServerEnv> {
  return async (c, next) => {
    await next();
    const { origin, referer } = c.env.incoming.headers;
    if (isAllowed({ origin, referer })) c.res.headers.set('cross-origin-resource-policy', 'cross-origin');
    c.res.headers.append('vary', 'Sec-Fetch-Site');
  };
}
