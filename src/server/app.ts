/** The whole HTTP interface, put together. */
import { Hono } from 'hono';
import { cors } from 'hono/cors';
import { ApiError } from '../lib/api-error.ts';
import { respond } from './answer.ts';
import { type Gate, gateMiddleware } from './auth/gate.ts';
import { errorAnswer } from './errors.ts';
import { type Observe, observingMiddleware } from './monitoring/observing.ts';
import { traceIdOf } from './monitoring/trace.ts';
import type { ServerContext, ServerEnv, ServerParts } from './parts.ts';
import { callbacks } from './routes/callbacks.ts';
import { fluxImages } from './routes/flux-images.ts';
import { fluxTasks } from './routes/flux-tasks.ts';
import { health } from './routes/health.ts';
import { archivedImages } from './routes/images.ts';
import { metricsRoute } from './routes/metrics.ts';
import { description } from './routes/openapi.ts';
import { apiSearch } from './routes/search.ts';
import { apiSync } from './routes/sync.ts';
import { apiTasks } from './routes/tasks.ts';
import { apiTracked } from './routes/tracked.ts';
import { safeHeaders } from './safe-headers.ts';

/**
 * @param gate lets requests in
 * @param observe hears of every answer
 * @param isStopping true once the server takes no new work
 */
export function createApp(
  parts: ServerParts,
  { gate, observe, isStopping }: { gate: Gate; observe: Observe; isStopping: () => boolean },
): Hono<ServerEnv> {
  const { config, log } = parts;
  const app = new Hono<ServerEnv>().basePath(config.basePath);

  app.use(observingMiddleware(observe, config.basePath));
  if (config.allowedOrigins.length > 0) {
    app.use(cors({ origin: [...config.allowedOrigins], exposeHeaders: ['cache-status', 'age', 'etag'] }));
  }
  app.use(safeHeaders);
  app.use(gateMiddleware(gate));
  for (const routes of [
    fluxTasks(parts),
    fluxImages(parts),
    callbacks(parts),
    archivedImages(parts),
    apiTasks(parts),
    apiTracked(parts),
    apiSync(parts),
    apiSearch(parts),
    health(parts, isStopping),
    metricsRoute(parts),
    description(parts),
  ]) {
    app.route('/', routes);
  }
  const failed = (error: unknown, c: ServerContext) => {
    const { method, path } = c.req;
    return respond(c, errorAnswer(error, { traceId: traceIdOf(c.env.incoming), method, path }, log));
  };
  app.notFound((c) => failed(new ApiError(404, 'no_api', 'there is no such route'), c));
  app.onError(failed);
  return app;
}
