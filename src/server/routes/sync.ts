/** `/api/sync`: run the syncer now, and see what it did. */
import { Hono } from 'hono';
import { countsJson, runJson } from '../../views/run-json.ts';
import type { RunList, SyncResult } from '../../views/run-schema.ts';
import { wholeMirror } from '../auth/gate.ts';
import type { ServerEnv, ServerParts } from '../parts.ts';
import { integerParam, paramsOf } from '../query-params.ts';

export function apiSync({ store, runner }: ServerParts): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();

  // Answers when the run is over; a run that is going on already is joined.
  app.post('/api/sync', wholeMirror, async (c) => {
    const { outcome, counts, error } = await runner.run({ trigger: 'api' });
    return c.json({ outcome, ...countsJson(counts), error: error ?? null } satisfies SyncResult);
  });

  app.get('/api/sync/runs', wholeMirror, async (c) => {
    const limit = integerParam(paramsOf(c), 'limit', { min: 1, max: 1000, fallback: 20 });
    return c.json({ items: (await store.runs(limit)).map(runJson) } satisfies RunList);
  });

  return app;
}
