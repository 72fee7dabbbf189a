/** `/api/sync`: starts a sync run, and lists past runs. */
import { Hono } from 'hono';
import { serializeRun, serializeSyncResult } from '../../views/run-json.ts';
import type { RunList } from '../../views/run-schema.ts';
import { requireFullAccess } from '../auth/auth.ts';
import type { ServerDeps, ServerEnv } from '../deps.ts';
import { getQueryParams, readIntegerParam } from '../query-params.ts';

export function createSyncRoutes({ store, runner }: ServerDeps): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();

  // Responds when the run is over; concurrent calls share the run in progress.
  app.post('/api/sync', requireFullAccess, async (c) => {
    return c.json(serializeSyncResult(await runner.run({ trigger: 'api' })));
  });

  app.get('/api/sync/runs', requireFullAccess, async (c) => {
    const limit = readIntegerParam(getQueryParams(c), 'limit', { min: 1, max: 1000, fallback: 20 });
    return c.json({ items: (await store.runs(limit)).map(serializeRun) } satisfies RunList);
  });

  return app;
}
