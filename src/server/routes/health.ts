/** `/api/stats`, and the probes: alive, and ready with the reasons why not. */
import { Hono } from 'hono';
import { statusJson } from '../../views/status-json.ts';
import type { Liveness, Readiness, StatsView } from '../../views/status-schema.ts';
import { troubles } from '../../views/troubles.ts';
import { wholeMirror } from '../auth/gate.ts';
import type { ServerEnv, ServerParts } from '../parts.ts';

/** @param isStopping true once the server takes no new work */
export function health(parts: ServerParts, isStopping: () => boolean): Hono<ServerEnv> {
  const { log } = parts;
  const app = new Hono<ServerEnv>();

  app.get('/api/stats', wholeMirror, async (c) =>
    c.json({ ...(await statusJson(parts)), trouble: await troubles(parts) } satisfies StatsView),
  );

  app.get('/healthz', (c) => c.json({ status: 'ok' } satisfies Liveness));

  // A rejected token or an unreachable upstream is a reason worth showing, but the mirror serves without it.
  app.get('/readyz', async (c) => {
    const notReady = (reason: string) =>
      c.json({ status: 'not ready', reasons: [reason] } satisfies Readiness, 503);
    if (isStopping()) return notReady('the mirror is stopping');
    const damage = await parts.store.damage();
    if (damage !== undefined) return notReady(damage);
    try {
      const reasons = await troubles(parts);
      return c.json({ status: 'ready', reasons } satisfies Readiness);
    } catch (error) {
      log.error({ err: error }, 'the database does not answer');
      return notReady('the database does not answer, see the log');
    }
  });

  return app;
}
