/** Records every response in the log (at `debug`) and in the metrics, on the fast path and through Hono. */
import type { IncomingMessage } from 'node:http';
import type { MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import { getPathPrefix } from '../../lib/base-path.ts';
import type { Log } from '../../lib/log.ts';
import { FLUX } from '../../service/flux.ts';
import { getClient } from '../connections/client.ts';
import type { ServerEnv } from '../deps.ts';
import type { Metrics } from './metrics.ts';
import { getTokenName, getTraceId } from './trace.ts';

export interface Answered {
  readonly method: string;
  /** The route pattern, below the base path. */
  readonly route: string;
  readonly status: number;
  readonly cacheStatus: string | null | undefined;
}

/** @param startedMs `performance.now()` when the request was received */
export type RequestLog = (request: IncomingMessage, answered: Answered, startedMs: number) => void;

export function createRequestLog({ metrics, log }: { metrics: Metrics; log: Log }): RequestLog {
  return (request, answered, startedMs) => {
    const ms = performance.now() - startedMs;
    metrics.request(answered, ms);
    const isMutation = MUTATIONS.get(answered.route) === answered.method;
    if (!log.isLevelEnabled(isMutation ? 'info' : 'debug')) return;
    const about = {
      trace_id: getTraceId(request),
      holder: getTokenName(request),
      address: getClient(request).address,
      ...answered,
    };
    log[isMutation ? 'info' : 'debug']({ ...about, ms: Math.round(ms * 1000) / 1000 }, 'request');
  };
}

/** Requests that cost money or change what the mirror does are always logged, with the token name. */
const MUTATIONS = new Map<string, string>([
  ...Object.values(FLUX.generationPaths).map((path): [string, string] => [path, 'POST']),
  ['/api/sync', 'POST'],
  ['/api/forget', 'POST'],
  ['/api/tracked', 'POST'],
  ['/api/tracked/:id', 'DELETE'],
]);

/** Other methods share one label value, so that callers can't create series at will. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Logs every response that Hono serves. */
export function createRequestLogMiddleware(
  logRequest: RequestLog,
  basePath: string,
): MiddlewareHandler<ServerEnv> {
  const prefix = getPathPrefix(basePath);
  return async (c, next) => {
    const startedMs = performance.now();
    await next();
    const pattern = routePath(c, -1).slice(prefix.length);
    logRequest(
      c.env.incoming,
      {
        method: METHODS.has(c.req.method) ? c.req.method : 'other',
        route: isOfRoute(pattern) ? pattern.replace(/\{[^}]*\}+/g, '') : 'none',
        status: c.res.status,
        cacheStatus: c.res.headers.get('cache-status'),
      },
      startedMs,
    );
  };
}

/** Without a route, the pattern is that of the last middleware. */
function isOfRoute(pattern: string): boolean {
  return pattern !== '' && !pattern.endsWith('*');
}
