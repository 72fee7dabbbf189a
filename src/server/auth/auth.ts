/** Authorises every request: `Host`, `Origin`, whether the mirror is stopping, token. */
import type { IncomingMessage } from 'node:http';
import type { MiddlewareHandler } from 'hono';
import type { Config } from '../../config/config.ts';
import { CALLBACK_PATH } from '../../generation/callbacks.ts';
import { ApiError } from '../../lib/api-error.ts';
import { getPathPrefix } from '../../lib/base-path.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import { FLUX } from '../../service/flux.ts';
import type { MaybePromise } from '../../store/contract/maybe-promise.ts';
import { getClient } from '../connections/client.ts';
import type { ServerEnv } from '../deps.ts';
import { getTraceId, recordTokenName } from '../monitoring/trace.ts';
import { type Access, type AccessControl, createReadOnlyError, PROBE } from './access.ts';
import { createAuthThrottle } from './auth-throttle.ts';
import { createHostCheck } from './hosts.ts';

/** Probes and the start page need no token, and reveal nothing secret. */
const OPEN_PATHS = new Set(['/healthz', '/readyz', '/', '']);

/** The upstream has no access token; for callbacks, the key in the path is its credential. */
function isOpen(path: string, callbackUrl: string | undefined): boolean {
  return OPEN_PATHS.has(path) || (callbackUrl !== undefined && path.startsWith(`${CALLBACK_PATH}/`));
}

/** Returns what a request may do. @throws ApiError 401, 403, or 503 once the mirror is stopping */
export type Auth = (request: IncomingMessage, path: string) => MaybePromise<Access>;

type AuthConfig = Pick<Config, 'host' | 'allowedHosts' | 'allowedOrigins' | 'basePath' | 'callbackUrl'>;

/** @param isStopping true once the server accepts no new work */
export function createAuth(
  config: AuthConfig,
  control: AccessControl,
  { clock, log }: { clock: Clock; log: Log },
  isStopping: () => boolean,
): Auth {
  const checkHost = createHostCheck(config);
  const throttle = createAuthThrottle(clock);
  const prefix = getPathPrefix(config.basePath);

  const checkToken = async (request: IncomingMessage, path: string): Promise<Access> => {
    try {
      const access = await control.check(request.headers.authorization);
      if (access.tokenName !== undefined) recordTokenName(request, access.tokenName);
      if (access.isReadOnly && !isReadRequest(request.method, path)) throw createReadOnlyError();
      return access;
    } catch (error) {
      if (error instanceof ApiError && error.code === 'invalid_token') {
        const { address } = getClient(request);
        const isAnswered = await throttle(address);
        if (isAnswered) log.warn({ trace_id: getTraceId(request), address }, 'invalid token');
        else request.socket.destroy();
      }
      throw error;
    }
  };

  return (request, fullPath) => {
    const { headers, rawHeaders, method = 'GET' } = request;
    const path = fullPath.slice(prefix.length);
    checkHost({
      path,
      referer: headers.referer,
      hosts: listHostHeaders(rawHeaders),
      forwardedHost: getClient(request).forwardedHost,
      origin: headers.origin,
      fetchSite: headers['sec-fetch-site'] as string | undefined,
      fetchMode: headers['sec-fetch-mode'] as string | undefined,
      method,
    });
    if (isOpen(path, config.callbackUrl)) return PROBE;
    if (isStopping()) throw new ApiError(503, 'api_error', 'the mirror is stopping');
    return checkToken(request, path);
  };
}

/** The vendor's own route reads by POST; that route checks the action in the body. */
function isReadRequest(method: string | undefined, path: string): boolean {
  return method === 'GET' || method === 'HEAD' || (method === 'POST' && path === FLUX.taskPath);
}

/** Authorises requests to Hono's routes. */
export function createAuthMiddleware(authorize: Auth): MiddlewareHandler<ServerEnv> {
  return async (c, next) => {
    c.set('access', await authorize(c.env.incoming, c.req.path));
    return next();
  };
}

/** For routes that concern the whole mirror: rejects tokens limited to some tasks. */
export const requireFullAccess: MiddlewareHandler<ServerEnv> = (c, next) => {
  if (c.get('access').limits !== undefined)
    throw new ApiError(
      403,
      'forbidden',
      'this token is limited to certain tasks, and this is about all of them',
    );
  return next();
};

/** From the raw headers: Node's parsed headers drop all but the first. */
function listHostHeaders(rawHeaders: readonly string[]): string[] {
  const hosts: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    if (name.length === 4 && name.toLowerCase() === 'host') hosts.push(rawHeaders[at + 1] ?? '');
  }
  return hosts;
}
