/** The whole HTTP interface, put together. */
import { Hono } from 'hono';
import { cors } from 'hono/cors';
import { ApiError } from '../api-error.ts';
import { apiSearch } from './api-search.ts';
import { apiSync } from './api-sync.ts';
import { apiTasks } from './api-tasks.ts';
import { apiTracked } from './api-tracked.ts';
import { errorResponse } from './errors.ts';
import { fluxTasks } from './flux-tasks.ts';
import { gate } from './gate.ts';
import { health } from './health.ts';
import type { ServerEnv, ServerParts } from './parts.ts';

/** @param isStopping true once the server takes no new work */
export function createApp(parts: ServerParts, isStopping: () => boolean): Hono<ServerEnv> {
  const { config, log } = parts;
  const app = new Hono<ServerEnv>().basePath(config.basePath);

  if (config.allowedOrigins.length > 0) {
    app.use(cors({ origin: [...config.allowedOrigins], exposeHeaders: ['cache-status', 'age', 'etag'] }));
  }
  app.use(gate(parts));
  for (const routes of [
    fluxTasks(parts),
    apiTasks(parts),
    apiTracked(parts),
    apiSync(parts),
    apiSearch(parts),
    health(parts, isStopping),
  ]) {
    app.route('/', routes);
  }
  app.notFound((c) => errorResponse(new ApiError(404, 'no_api', 'there is no such route'), c, log));
  app.onError((error, c) => errorResponse(error, c, log));
  return app;
}
