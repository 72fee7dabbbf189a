/** `GET /metrics`, for Prometheus. */
import { Hono } from 'hono';
import { wholeMirror } from '../auth/gate.ts';
import type { ServerEnv, ServerParts } from '../parts.ts';

export function metricsRoute({ metrics: { registry } }: ServerParts): Hono<ServerEnv> {
  return new Hono<ServerEnv>().get('/metrics', wholeMirror, async (c) =>
    c.body(await registry.metrics(), 200, { 'content-type': registry.contentType }),
  );
}
