/** `GET /api/stats/days`: tasks and costs over time. */
import { Hono } from 'hono';
import type { ServerDeps, ServerEnv } from '../deps.ts';
import { respondFromThread } from '../search/respond.ts';

export function createActivityRoutes({ searching, clock }: ServerDeps): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();
  app.get('/api/stats/days', (c) => respondFromThread(c, searching, { route: 'activity' }, clock.now()));
  return app;
}
