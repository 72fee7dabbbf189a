/** The whole HTTP interface, put together. */
import { Hono } from 'hono';
import { cors } from 'hono/cors';
import { ApiError } from '../api-error.ts';
import { respond } from './answer.ts';
import { apiSearch } from './api-search.ts';
import { apiSync } from './api-sync.ts';
import { apiTasks } from './api-tasks.ts';
import { apiTracked } from './api-tracked.ts';
import { archivedImages } from './archived-images.ts';
import { callbacks } from './callbacks.ts';
import { errorAnswer } from './errors.ts';
import { fluxImages } from './flux-images.ts';
import { fluxTasks } from './flux-tasks.ts';
import { type Gate, gateMiddleware } from './gate.ts';
import { health } from './health.ts';
import type { ServerContext, ServerEnv, ServerParts } from './parts.ts';

/**
 * @param gate lets requests in
 * @param isStopping true once the server takes no new work
 */
export function createApp(parts: ServerParts, gate: Gate, isStopping: () => boolean): Hono<ServerEnv> {
  const { config, log } = parts;
  const app = new Hono<ServerEnv>().basePath(config.basePath);

  if (config.allowedOrigins.length > 0) {
    app.use(cors({ origin: [...config.allowedOrigins], exposeHeaders: ['cache-status', 'age', 'etag'] }));
  }
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
  ]) {
    app.route('/', routes);
  }
  const failed = (error: unknown, c: ServerContext) =>
    respond(c, errorAnswer(error, { method: c.req.method, path: c.req.path }, log));
  app.notFound((c) => failed(new ApiError(404, 'no_api', 'there is no such route'), c));
  app.onError(failed);
  return app;
}
