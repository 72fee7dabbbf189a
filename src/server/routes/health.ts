/** `/api/stats`, and the probes: alive, and ready with the reasons why not. */
import { Hono } from 'hono';
import { type Health, readHealth } from '../../views/health.ts';
import { listProblems } from '../../views/problems.ts';
import { readStatus } from '../../views/status-json.ts';
import type { Liveness, Readiness, StatsView } from '../../views/status-schema.ts';
import { requireFullAccess } from '../auth/auth.ts';
import type { ServerDeps, ServerEnv } from '../deps.ts';

/** @param isStopping true once the server takes no new work */
export function createHealthRoutes(deps: ServerDeps, isStopping: () => boolean): Hono<ServerEnv> {
  const { log } = deps;
  const app = new Hono<ServerEnv>();

  app.get('/api/stats', requireFullAccess, async (c) =>
    c.json({ ...(await readStatus(deps)), trouble: await listProblems(deps) } satisfies StatsView),
  );

  app.get('/api/health', async (c) => {
    const isWhole = c.get('access').limits === undefined;
    return c.json((await readHealth(deps, { isWhole })) satisfies Health);
  });

  app.get('/healthz', (c) => c.json({ status: 'ok' } satisfies Liveness));

  // A rejected token or an unreachable upstream is a reason worth showing, but the mirror serves without it.
  app.get('/readyz', async (c) => {
    const respondNotReady = (reason: string) =>
      c.json({ status: 'not ready', reasons: [reason] } satisfies Readiness, 503);
    if (isStopping()) return respondNotReady('the mirror is stopping');
    const damage = await deps.store.damage();
    if (damage !== undefined) return respondNotReady(damage);
    const storage = await deps.store.readStorageProblem();
    if (storage !== undefined && (await deps.store.isAway())) return respondNotReady(storage);
    try {
      const reasons = await listProblems(deps);
      return c.json({ status: 'ready', reasons } satisfies Readiness);
    } catch (error) {
      log.error({ err: error }, 'the database does not answer');
      return respondNotReady('the database does not answer, see the log');
    }
  });

  return app;
}
