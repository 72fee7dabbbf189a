/** Assembles the HTTP interface: middleware, routes, errors. */
import { Hono } from 'hono';
import { cors } from 'hono/cors';
import { getPathPrefix } from '../lib/base-path.ts';
import { UNFETCHED_HEADER } from '../mirror/mirror-response.ts';
import { RECEIPT_HEADERS } from '../upstream/payment-headers.ts';
import { FEED_PATH } from '../views/saved-json.ts';
import { createRouteError } from './allowed-methods.ts';
import { respond } from './answer.ts';
import { type Auth, createAuthMiddleware } from './auth/auth.ts';
import { createPageCheck, EMBEDDABLE_PATHS } from './auth/hosts.ts';
import { compressText } from './compress-text.ts';
import type { ServerContext, ServerDeps, ServerEnv } from './deps.ts';
import { createErrorAnswer } from './errors.ts';
import type { EventHub } from './events/event-hub.ts';
import { createRequestLogMiddleware, type RequestLog } from './monitoring/request-log.ts';
import { getTraceId } from './monitoring/trace.ts';
import { createActivityRoutes } from './routes/activity.ts';
import { createCallbackRoutes } from './routes/callbacks.ts';
import { createCollectionRoutes } from './routes/collections.ts';
import { createDownloadRoutes } from './routes/download.ts';
import { createEventRoutes } from './routes/events.ts';
import { createFeedRoutes } from './routes/feeds.ts';
import { createGenerationRoutes } from './routes/flux-generations.ts';
import { createFluxTasksRoutes } from './routes/flux-tasks.ts';
import { createForgetRoutes } from './routes/forget.ts';
import { createAssetRoutes } from './routes/gallery/assets.ts';
import { createCollectionsPageRoutes } from './routes/gallery/collections-page.tsx';
import { createDocsPageRoutes } from './routes/gallery/docs-page.tsx';
import { createPageRoutes } from './routes/gallery/pages.tsx';
import { createPromptPagesRoutes } from './routes/gallery/prompt-pages.tsx';
import { redirectToSignIn } from './routes/gallery/redirect-to-sign-in.ts';
import { createSavedPageRoutes } from './routes/gallery/saved-page.tsx';
import { createSignInPageRoutes } from './routes/gallery/sign-in-page.tsx';
import { createStatusPageRoutes } from './routes/gallery/status-page.tsx';
import { createHealthRoutes } from './routes/health.ts';
import { createImageRoutes } from './routes/images.ts';
import { createMarkRoutes } from './routes/marks.ts';
import { createMcpRoutes } from './routes/mcp.ts';
import { createMetricsRoutes } from './routes/metrics.ts';
import { createOpenApiRoutes } from './routes/openapi.ts';
import { createSavedRoutes } from './routes/saved.ts';
import { createSearchRoutes } from './routes/search.ts';
import { createSharedRoutes } from './routes/shared.tsx';
import { createSignInRoutes } from './routes/sign-in.ts';
import { createSyncRoutes } from './routes/sync.ts';
import { createTaskRoutes } from './routes/tasks.ts';
import { createTrackedRoutes } from './routes/tracked.ts';
import { createWebhookRoutes } from './routes/webhooks.ts';
import { allowEmbedding, setSecurityHeaders } from './safe-headers.ts';
import { keepSecret, SHARED_PATH } from './shared-link.ts';
import { createPathReader, createSlashRedirect } from './start-path.ts';
import { createUnknownParamsMiddleware, NOTES_HEADER } from './unknown-params.ts';

/** Response headers that web pages may read. */
const EXPOSED_HEADERS = ['cache-status', 'age', 'etag', UNFETCHED_HEADER, NOTES_HEADER, ...RECEIPT_HEADERS];

/**
 * @param auth checks every request
 * @param events what happens, for pages and event streams
 * @param logRequest called for every response
 * @param stopping aborted once the server accepts no new work
 */
export function createApp(
  deps: ServerDeps,
  {
    auth,
    events,
    logRequest,
    stopping,
  }: { auth: Auth; events: EventHub; logRequest: RequestLog; stopping: AbortSignal },
): Hono<ServerEnv> {
  const { config, log } = deps;
  const prefix = getPathPrefix(config.basePath);
  const app = new Hono<ServerEnv>({ getPath: createPathReader(prefix) }).basePath(config.basePath);

  app.use(createRequestLogMiddleware(logRequest, config.basePath));
  if (config.allowedOrigins.length > 0) {
    const allowOrigins = cors({ origin: [...config.allowedOrigins], exposeHeaders: EXPOSED_HEADERS });
    app.use((c, next) => (isOptionsWithoutPreflight(c) ? next() : allowOrigins(c, next)));
    const embedding = allowEmbedding(createPageCheck(config.allowedOrigins));
    for (const path of EMBEDDABLE_PATHS) app.use(`${path}*`, embedding);
  }
  for (const path of [SHARED_PATH, FEED_PATH]) app.use(`${path}/*`, keepSecret);
  app.use(setSecurityHeaders);
  app.use(createSlashRedirect(prefix));
  app.use(createAuthMiddleware(auth));
  app.use('/api/*', compressText);
  app.use('/api/*', createUnknownParamsMiddleware(prefix));
  const pageDeps = { ...deps, events };
  for (const routes of [
    createFluxTasksRoutes(deps),
    createGenerationRoutes(deps),
    createCallbackRoutes(deps),
    createImageRoutes(deps),
    createTaskRoutes(deps),
    createTrackedRoutes(deps),
    createSyncRoutes(deps),
    createSearchRoutes(deps),
    createActivityRoutes(deps),
    createHealthRoutes(deps, () => stopping.aborted),
    createMetricsRoutes(deps),
    createOpenApiRoutes(deps),
    createMcpRoutes(deps),
    createStatusPageRoutes(pageDeps),
    createDocsPageRoutes(pageDeps),
    createCollectionsPageRoutes(pageDeps),
    createPromptPagesRoutes(pageDeps),
    createSavedPageRoutes(pageDeps),
    createSignInPageRoutes(deps),
    createPageRoutes(pageDeps),
    createAssetRoutes(),
    createSignInRoutes(deps, auth),
    createEventRoutes(pageDeps, auth),
    createDownloadRoutes(deps, auth, stopping),
    createForgetRoutes(deps, stopping),
    createMarkRoutes(deps, stopping),
    createCollectionRoutes(deps),
    createSharedRoutes(deps),
    createSavedRoutes(deps),
    createFeedRoutes(deps, auth),
    createWebhookRoutes(deps),
  ]) {
    app.route('/', routes);
  }
  const respondWithError = (error: unknown, c: ServerContext) => {
    const { method, path } = c.req;
    return respond(c, createErrorAnswer(error, { traceId: getTraceId(c.env.incoming), method, path }, log));
  };
  const createNotFound = createRouteError(app);
  app.notFound((c) => respondWithError(createNotFound(c.req.method, c.req.path), c));
  app.onError((error, c) => redirectToSignIn(error, c, prefix) ?? respondWithError(error, c));
  return app;
}

/** Hono's CORS middleware answers every OPTIONS request, but should only answer preflights (Fetch, section 3.2.2). */
function isOptionsWithoutPreflight({ req }: ServerContext): boolean {
  const isPreflight =
    req.header('origin') !== undefined && req.header('access-control-request-method') !== undefined;
  return req.method === 'OPTIONS' && !isPreflight;
}
