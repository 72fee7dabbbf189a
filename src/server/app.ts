/** The whole HTTP interface, put together. */
import { Hono } from 'hono';
import { cors } from 'hono/cors';
import { ApiError } from '../api-error.ts';
import { respond } from './answer.ts';
import { apiSync } from './api-sync.ts';
import { apiTasks } from './api-tasks.ts';
import { apiTracked } from './api-tracked.ts';
import { archivedImages } from './archived-images.ts';
import { description } from './description.ts';
import { callbacks } from './drop-in/callbacks.ts';
import { fluxImages } from './drop-in/flux-images.ts';
import { fluxTasks } from './drop-in/flux-tasks.ts';
import { errorAnswer } from './errors.ts';
import { type Gate, gateMiddleware } from './gate/gate.ts';
import { health } from './health.ts';
import { metricsRoute } from './monitoring/metrics-route.ts';
import { type Observe, observingMiddleware } from './monitoring/observing.ts';
import { traceIdOf } from './monitoring/trace.ts';
import type { ServerContext, ServerEnv, ServerParts } from './parts.ts';
import { safeHeaders } from './safe-headers.ts';
import { apiSearch } from './searching/api-search.ts';

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
