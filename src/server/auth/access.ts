/** Access control by token. Tokens are compared as hashes, all of them, in constant time. */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { Config } from '../../config/config.ts';
import { computeDigest, TOKEN_PREFIX } from '../../lib/access-token.ts';
import { ApiError } from '../../lib/api-error.ts';
import type { Clock } from '../../lib/clock.ts';
import { cutText } from '../../lib/cut-text.ts';
import { isLoopback } from '../../lib/is-loopback.ts';
import type { MaybePromise } from '../../store/contract/maybe-promise.ts';
import type { Store } from '../../store/contract/store.ts';
import type { TaskLimits } from '../../task/limits.ts';

/** What an authenticated request may do. */
export interface Access {
  /** Name of the token that was presented; undefined if the mirror requires none. */
  readonly tokenName: string | undefined;
  /** The caller's token for the upstream; never one of the mirror's own access tokens. */
  readonly upstreamToken: string | undefined;
  /** Whose tasks may be seen; undefined means all. */
  readonly limits: TaskLimits | undefined;
  readonly isReadOnly: boolean;
  /** Whether a proxy has signed the caller on, so that there is nothing to sign out of. */
  readonly isSignedOnByProxy?: true;
}

export interface AccessControl {
  /** Waits until the known tokens are those of a second ago, for answers that last: requests use them while they are read again. */
  refresh(): Promise<void>;
  /** Whether callers must present a token. */
  needsToken(): Promise<boolean>;
  /** @throws ApiError 401 `no_token` or `invalid_token` */
  check(authorization: string | undefined): MaybePromise<Access>;
  /**
   * What somebody may do whom a trusted proxy has signed on: what the token of this name may.
   * @throws ApiError 403 `forbidden` if no valid token has it
   */
  checkName(name: string): MaybePromise<Access>;
  /**
   * What the token of a session may do.
   * @throws ApiError 401 `no_token` when it was revoked or has expired: unlike an invalid token, that is no guess
   */
  checkSession(token: string): MaybePromise<Access>;
  /**
   * Looks up a token for a new session.
   * @returns undefined if the mirror requires none
   * @throws ApiError 401 `no_token` or `invalid_token`
   */
  findToken(token: string): Promise<ValidToken | undefined>;
}

export interface ValidToken {
  readonly access: Access;
  readonly expiresAtMs?: number | undefined;
}

interface KnownToken extends ValidToken {
  readonly digest: Buffer;
}

/** Tokens from the settings have no names of their own. */
const SETTINGS_ACCESS: Access = {
  tokenName: 'FLUX_MIRROR_TOKENS',
  upstreamToken: undefined,
  limits: undefined,
  isReadOnly: false,
};
const HASHED = 'sha256:';
/** Maximum delay until a new token works, or a revoked one stops working. */
const RELOAD_AFTER_MS = 1000;
/** Of a SHA-256. */
const DIGEST_BYTES = 32;
const BEARER = /^Bearer +(\S+) *$/i;

interface AccessControlDeps {
  readonly config: Pick<Config, 'tokens'> & Partial<Pick<Config, 'host'>>;
  readonly store: Pick<Store, 'accessTokens' | 'requiresToken'>;
  readonly clock: Clock;
  /** Called with the name of a token of the store for each request that presents it. */
  readonly recordUse?: (name: string) => void;
}

export function createAccessControl({ config, store, clock, recordUse }: AccessControlDeps): AccessControl {
  /** A server that other machines reach stays closed, even if the requirement is dropped while it runs. */
  const isReachable = config.host !== undefined && !isLoopback(config.host);
  const settingsTokens = config.tokens.map((token) => ({
    digest: token.startsWith(HASHED) ? Buffer.from(token.slice(HASHED.length), 'hex') : computeDigest(token),
    access: SETTINGS_ACCESS,
  }));
  let known: KnownToken[] = settingsTokens;
  let isTokenRequired = settingsTokens.length > 0;
  let loadedAtMs = Number.NEGATIVE_INFINITY;

  /** Loads that have begun, and the latest of those that were applied. */
  let begun = 0;
  let applied = 0;

  const load = async () => {
    loadedAtMs = clock.monotonic();
    begun += 1;
    const number = begun;
    // Once a token has existed, one stays required: neither revoking the last nor losing it to damage may open the mirror.
    const isRequired = (await store.requiresToken()) || settingsTokens.length > 0;
    const named = await store.accessTokens();
    if (number < applied) return; // one that began later knows more
    applied = number;
    const valid = named.filter(({ revokedAtMs }) => revokedAtMs === undefined);
    const stored = valid.map(({ name, hash: hex, limits, isReadOnly, expiresAtMs }) => ({
      digest: Buffer.from(hex, 'hex'),
      expiresAtMs,
      access: { tokenName: name, upstreamToken: undefined, limits, isReadOnly },
    }));
    // Both at once: nobody must meet a mirror that needs a token and knows none.
    isTokenRequired = isRequired;
    // A hash that damage has shortened can't be compared; it must not make the other tokens fail.
    known = [...settingsTokens, ...stored.filter(({ digest }) => digest.length === DIGEST_BYTES)];
  };
  let hasLoaded = false;
  let loading: Promise<void> | undefined;
  const reload = (): Promise<void> => {
    const started = tryToLoad().finally(() => {
      if (loading === started) loading = undefined;
    });
    loading = started;
    return started;
  };
  const tryToLoad = async () => {
    try {
      await load();
      hasLoaded = true;
    } catch (error) {
      // Known tokens keep working while the database is unavailable: operators must be able to see what is wrong.
      if (!hasLoaded) throw error;
    }
  };
  const loadTokens = (): Promise<void> | undefined => {
    // Until they were read once, everybody waits: nobody would need a token yet.
    if (!hasLoaded && loading) return loading;
    return clock.monotonic() - loadedAtMs > RELOAD_AFTER_MS ? reload() : undefined;
  };

  const isOpen = () => !isTokenRequired && !isReachable;

  /** @throws ApiError 401 `invalid_token` */
  const findValid = (token: string | undefined): ValidToken => {
    const given = token === undefined ? UNMATCHABLE_DIGEST : computeDigest(token);
    // No early exit: the duration must not reveal which token matched.
    const [match] = known.filter(({ digest }) => timingSafeEqual(digest, given));
    if (!match) throw new ApiError(401, 'invalid_token', 'the token is not one of this mirror');
    const { expiresAtMs } = match;
    if (expiresAtMs !== undefined && clock.now() >= expiresAtMs)
      throw new ApiError(401, 'invalid_token', 'the token has expired');
    return match;
  };
  const use = ({ access }: ValidToken): Access => {
    if (access !== SETTINGS_ACCESS && access.tokenName !== undefined) recordUse?.(access.tokenName);
    return access;
  };

  const check = (authorization: string | undefined, token: string | undefined): Access => {
    if (isOpen() && !isAccessToken(token)) return createOpenAccess(token);
    if (authorization === undefined || authorization.trim() === '') {
      throw new ApiError(401, 'no_token', 'this mirror needs a token: send "authorization: Bearer …"');
    }
    return use(findValid(token));
  };

  const checkSession = (token: string): Access => {
    if (isOpen()) return ANONYMOUS;
    try {
      return use(findValid(token));
    } catch (cause) {
      throw new ApiError(401, 'no_token', 'the session has ended: sign in again', { cause });
    }
  };

  const checkName = (name: string): Access => {
    const match = known.find(({ access }) => access !== SETTINGS_ACCESS && access.tokenName === name);
    const isOver = match?.expiresAtMs !== undefined && clock.now() >= match.expiresAtMs;
    if (!match || isOver)
      throw new ApiError(
        403,
        'forbidden',
        `the proxy has signed on ${JSON.stringify(cutText(name, MAX_SHOWN_NAME))}, and no valid token of this mirror has that name`,
      );
    return { ...use(match), isSignedOnByProxy: true };
  };

  return {
    refresh: async () => {
      await (loadTokens() ?? loading);
    },
    needsToken: async () => {
      await reload();
      return isTokenRequired;
    },
    check: (authorization) => {
      // An access token presented to an open mirror was just created: it must not be mistaken for an upstream token.
      const token = authorization === undefined ? undefined : parseBearerToken(authorization);
      const loading = !isTokenRequired && isAccessToken(token) ? reload() : loadTokens();
      return loading ? loading.then(() => check(authorization, token)) : check(authorization, token);
    },
    checkName: (name) => {
      const loading = loadTokens();
      return loading ? loading.then(() => checkName(name)) : checkName(name);
    },
    checkSession: (token) => {
      const loading = loadTokens();
      return loading ? loading.then(() => checkSession(token)) : checkSession(token);
    },
    findToken: async (token) => {
      // As with a header, a token that was just created counts at once.
      await (isTokenRequired ? loadTokens() : reload());
      if (isOpen()) return undefined;
      if (token === '') throw new ApiError(401, 'no_token', 'this mirror needs a token');
      return findValid(token);
    },
  };
}

/** Of a name in an error message. */
const MAX_SHOWN_NAME = 100;
/** Matches no token that could be presented. */
const UNMATCHABLE_DIGEST = randomBytes(DIGEST_BYTES);

function isAccessToken(token: string | undefined): boolean {
  return token?.startsWith(TOKEN_PREFIX) ?? false;
}

/** The token of an `authorization: Bearer …` header. */
function parseBearerToken(authorization: string): string | undefined {
  return BEARER.exec(authorization)?.[1];
}

const ANONYMOUS: Access = {
  tokenName: undefined,
  upstreamToken: undefined,
  limits: undefined,
  isReadOnly: false,
};

/** Without access tokens, a token presented by the caller is for the upstream. */
function createOpenAccess(upstreamToken: string | undefined): Access {
  return upstreamToken === undefined ? ANONYMOUS : { ...ANONYMOUS, upstreamToken };
}

/** Access of requests to open paths, which grants nothing else. */
export const PROBE: Access = { ...ANONYMOUS, limits: { userIds: [], applicationIds: [] }, isReadOnly: true };

/** For requests that a read-only token may not make. */
export function createReadOnlyError(): ApiError {
  return new ApiError(403, 'forbidden', 'this token may only read');
}
