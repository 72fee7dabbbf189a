/** Addresses whose key is the credential: they are told to nobody else, and their rate is limited. */
import type { MiddlewareHandler } from 'hono';
import { ApiError } from '../lib/api-error.ts';
import type { Clock } from '../lib/clock.ts';
import { getClient } from './connections/client.ts';
import { createRateMeter } from './connections/rate-meter.ts';
import type { ServerEnv } from './deps.ts';

/** The key follows. */
export const SHARED_PATH = '/shared';
/** Requests of one client at once: a page of a collection with all its pictures. */
const BURST = 600;
/** After that, ten per second. */
const INTERVAL_MS = 100;

/** @throws ApiError 429 for a client that sends too many requests */
export function createRateLimit(clock: Pick<Clock, 'monotonic'>): MiddlewareHandler<ServerEnv> {
  const meter = createRateMeter(clock, { burst: BURST, intervalMs: INTERVAL_MS });
  return async (c, next) => {
    const waitMs = meter.record(getClient(c.env.incoming).address);
    if (waitMs > 0)
      throw new ApiError(429, 'too_many_requests', 'too many requests; wait a little', {
        retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)),
      });
    await next();
  };
}

/** Around the security headers of all routes, one of which it replaces. */
export const keepSecret: MiddlewareHandler<ServerEnv> = async (c, next) => {
  await next();
  c.res.headers.set('referrer-policy', 'no-referrer');
  c.res.headers.set('x-robots-tag', 'noindex, nofollow');
};
