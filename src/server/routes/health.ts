/** `/api/stats`, and the probes: alive, and ready with the reasons why not. */
import { Hono } from 'hono';
import { statusJson } from '../../views/status-json.ts';
import { troubles } from '../../views/troubles.ts';
import { wholeMirror } from '../auth/gate.ts';
import type { ServerEnv, ServerParts } from '../parts.ts';

/** @param isStopping true once the server takes no new work */
export function health(parts: ServerParts, isStopping: () => boolean): Hono<ServerEnv> {
  const { log } = parts;
  const app = new Hono<ServerEnv>();

  app.get('/api/stats', wholeMirror, async (c) =>
    c.json({ ...(await statusJson(parts)), trouble: await troubles(parts) }),
  );

  app.get('/healthz', (c) => c.json({ status: 'ok' }));

  // A rejected token or an unreachable upstream is a reason worth showing, but the mirror serves without it.
  app.get('/readyz', async (c) => {
    if (isStopping()) return c.json({ status: 'not ready', reasons: ['the mirror is stopping'] }, 503);
    const damage = await parts.store.damage();
    if (damage !== undefined) return c.json({ status: 'not ready', reasons: [damage] }, 503);
    try {
      const reasons = await troubles(parts);
      return c.json({ status: 'ready', reasons });
    } catch (error) {
      log.error({ err: error }, 'the database does not answer');
      return c.json({ status: 'not ready', reasons: ['the database does not answer, see the log'] }, 503);
    }
  });

  return app;
}
