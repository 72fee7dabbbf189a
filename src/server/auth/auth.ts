/** Authorises every request: `Host`, `Origin`, whether the mirror is stopping, token or session. */
import type { IncomingMessage } from 'node:http';
import type { MiddlewareHandler } from 'hono';
import type { Config } from '../../config/config.ts';
import { CALLBACK_PATH } from '../../generation/callbacks.ts';
import { ApiError } from '../../lib/api-error.ts';
import { getPathPrefix } from '../../lib/base-path.ts';
import { FLUX } from '../../service/flux.ts';
import type { MaybePromise } from '../../store/contract/maybe-promise.ts';
import { FEED_PATH } from '../../views/saved-json.ts';
import { getClient, isFromTrustedProxy } from '../connections/client.ts';
import type { ServerDeps, ServerEnv } from '../deps.ts';
import { recordTokenName } from '../monitoring/trace.ts';
import { SHARED_PATH } from '../shared-link.ts';
import { type Access, type AccessControl, createReadOnlyError, PROBE } from './access.ts';
import { createGuessDelay, type DelayGuess } from './guesses.ts';
import { createHostCheck, isOwnRequest, type RequestOrigin } from './hosts.ts';
import { createSessions } from './sessions.ts';

/** Probes, and what a browser needs to sign in and out need no token, and reveal nothing secret. */
const OPEN_PATHS = new Set(['/healthz', '/readyz', '/sign-in', '/sign-out']);
/** The files of the pages are those of the package. */
const ASSETS = '/assets/';
const FEEDS = `${FEED_PATH}/`;
/** They read: the vendor's own route, which checks the action in the body, and what may need more than fits into an address, and the tools of agents. */
const READING_POSTS: ReadonlySet<string> = new Set([FLUX.taskPath, '/api/download', '/mcp']);

/** The upstream has no access token, nor have readers of feeds and public links: the key in the address is the credential. */
function isOpen(path: string, callbackUrl: string | undefined): boolean {
  return (
    OPEN_PATHS.has(path) ||
    path.startsWith(ASSETS) ||
    path.startsWith(`${SHARED_PATH}/`) ||
    path.startsWith(FEEDS) ||
    (callbackUrl !== undefined && path.startsWith(`${CALLBACK_PATH}/`))
  );
}

export interface Auth {
  /** Returns what a request may do. @throws ApiError 401, 403, or 503 once the mirror is stopping */
  authorize(request: IncomingMessage, path: string): MaybePromise<Access>;
  /** Whether the token of a request that was authorised is still valid: for responses that last. */
  isStillValid(request: IncomingMessage, access: Access): Promise<boolean>;
  /**
   * Begins a session.
   * @returns the value of `Set-Cookie`; undefined if the mirror requires no token
   * @throws ApiError 401 `no_token` or `invalid_token`
   */
  signIn(request: IncomingMessage, token: string): Promise<string | undefined>;
  /** The value of `Set-Cookie` that ends the session of a browser. */
  signOut(request: IncomingMessage): Promise<string>;
  /** Resolves when it may be answered that a key in an address opens nothing. */
  readonly delayGuess: DelayGuess;
}

type AuthConfig = Pick<
  Config,
  'host' | 'allowedHosts' | 'allowedOrigins' | 'basePath' | 'callbackUrl' | 'signOnHeader'
>;

/** @param stopping aborted once the server accepts no new work */
export function createAuth(
  config: AuthConfig,
  control: AccessControl,
  { store, clock, log }: Pick<ServerDeps, 'store' | 'clock' | 'log'>,
  stopping: AbortSignal,
): Auth {
  const checkHost = createHostCheck(config);
  const sessions = createSessions(config.basePath, { store, clock });
  const delayGuess = createGuessDelay({ clock, log });
  const prefix = getPathPrefix(config.basePath);

  /**
   * By its own token, by what a trusted proxy says of it, or by its cookie. The last two only for requests of our own pages: browsers
   * add them to those of others as well. @throws ApiError 401, 403
   */
  const findAccess = async (request: IncomingMessage): Promise<Access> => {
    const { authorization, cookie } = request.headers;
    const name = readSignedOnName(request);
    // Proxies pass on the user name and password that they have checked.
    if (name !== undefined && !isBearer(authorization)) {
      if (isOwnRequest(readOrigin(request, ''))) return control.checkName(name);
      return control.check(undefined);
    }
    if (!authorization?.trim() && cookie !== undefined && isOwnRequest(readOrigin(request, ''))) {
      const token = await sessions.findToken(cookie);
      if (token !== undefined) return control.checkSession(token);
    }
    return control.check(authorization);
  };

  /** @returns undefined if it is nobody, or not for a trusted proxy to say */
  const readSignedOnName = (request: IncomingMessage): string | undefined => {
    if (config.signOnHeader === undefined || !isFromTrustedProxy(request)) return undefined;
    // Two headers are joined, to a name that nobody has.
    const value = request.headers[config.signOnHeader];
    return String(value ?? '').trim() || undefined;
  };

  const delayInvalid = async <T>(request: IncomingMessage, checking: Promise<T>): Promise<T> => {
    try {
      return await checking;
    } catch (error) {
      if (error instanceof ApiError && error.code === 'invalid_token') await delayGuess(request);
      throw error;
    }
  };

  const checkToken = async (request: IncomingMessage, path: string): Promise<Access> => {
    const access = await delayInvalid(request, findAccess(request));
    if (access.tokenName !== undefined) recordTokenName(request, access.tokenName);
    if (access.isReadOnly && !isReadRequest(request.method, path)) throw createReadOnlyError();
    return access;
  };

  return {
    authorize: (request, fullPath) => {
      const path = fullPath.slice(prefix.length);
      checkHost(readOrigin(request, path));
      if (isOpen(path, config.callbackUrl)) return PROBE;
      if (stopping.aborted) throw new ApiError(503, 'api_error', 'the mirror is stopping');
      return checkToken(request, path);
    },
    isStillValid: async (request, { tokenName }) => {
      try {
        await control.refresh();
        return (await findAccess(request)).tokenName === tokenName;
      } catch (error) {
        if (error instanceof ApiError) return false;
        throw error;
      }
    },
    signIn: async (request, token) => {
      const valid = await delayInvalid(request, control.findToken(token));
      if (!valid) return undefined;
      if (valid.access.tokenName !== undefined) recordTokenName(request, valid.access.tokenName);
      return sessions.begin(token, {
        endsAtMs: valid.expiresAtMs,
        isSecure: getClient(request).isSecure,
      });
    },
    signOut: (request) => sessions.end({ isSecure: getClient(request).isSecure }),
    delayGuess,
  };
}

function isBearer(authorization: string | undefined): boolean {
  return /^bearer /i.test(authorization?.trim() ?? '');
}

/** @param path without the base path */
function readOrigin(request: IncomingMessage, path: string): RequestOrigin {
  const { headers, rawHeaders, method = 'GET' } = request;
  return {
    path,
    referer: headers.referer,
    hosts: listHostHeaders(rawHeaders),
    forwardedHost: getClient(request).forwardedHost,
    origin: headers.origin,
    fetchSite: headers['sec-fetch-site'] as string | undefined,
    fetchMode: headers['sec-fetch-mode'] as string | undefined,
    method,
  };
}

function isReadRequest(method: string | undefined, path: string): boolean {
  return method === 'GET' || method === 'HEAD' || (method === 'POST' && READING_POSTS.has(path));
}

/** Authorises requests to Hono's routes. */
export function createAuthMiddleware({ authorize }: Pick<Auth, 'authorize'>): MiddlewareHandler<ServerEnv> {
  return async (c, next) => {
    const access = await authorize(c.env.incoming, c.req.path);
    c.set('access', access);
    await next();
    if (access.tokenName !== undefined) keepPrivate(c.res.headers);
  };
}

/** Shared caches know that a request with `authorization` is of one caller; that one with a cookie is, they must be told. */
function keepPrivate(headers: Headers): void {
  const control = headers.get('cache-control');
  if (control === null) headers.set('cache-control', 'private');
  else if (!/\b(private|no-store)\b/.test(control)) headers.set('cache-control', `private, ${control}`);
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
