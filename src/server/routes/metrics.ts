/** `GET /metrics`, for Prometheus. */
import { Hono } from 'hono';
import { requireFullAccess } from '../auth/auth.ts';
import type { ServerDeps, ServerEnv } from '../deps.ts';

export function createMetricsRoutes({ metrics: { registry } }: ServerDeps): Hono<ServerEnv> {
  return new Hono<ServerEnv>().get('/metrics', requireFullAccess, async (c) =>
    c.body(await registry.metrics(), 200, { 'content-type': registry.contentType }),
  );
}
