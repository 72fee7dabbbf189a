/** Who may call, and what for. Tokens are compared as hashes, all of them, in constant time. */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { Config } from '../../config/config.ts';
import { computeDigest, TOKEN_PREFIX } from '../../lib/access-token.ts';
import { ApiError } from '../../lib/api-error.ts';
import type { Clock } from '../../lib/clock.ts';
import type { MaybePromise } from '../../store/contract/maybe-promise.ts';
import type { Store } from '../../store/contract/store.ts';
import type { TaskLimits } from '../../task/limits.ts';

/** What a request may do. */
export interface Access {
  /** Name of the token that was presented; undefined if the mirror requires none. */
  readonly tokenName: string | undefined;
  /** A token of the caller's that may be sent to the upstream; never one of the mirror's own. */
  readonly upstreamToken: string | undefined;
  /** Whose tasks may be seen; undefined: all. */
  readonly limits: TaskLimits | undefined;
  readonly isReadOnly: boolean;
}

export interface AccessControl {
  /** Whether there are tokens, so that a caller must have one. */
  needsToken(): Promise<boolean>;
  /** @throws ApiError 401 `no_token` or `invalid_token` */
  check(authorization: string | undefined): MaybePromise<Access>;
}

interface KnownToken {
  readonly digest: Buffer;
  readonly access: Access;
}

/** Tokens from the settings have no names of their own. */
const SETTINGS_TOKEN_NAME = 'FLUX_MIRROR_TOKENS';
const HASHED = 'sha256:';
/** A new token works, and a revoked one stops working, after so long. */
const RELOAD_AFTER_MS = 1000;
const BEARER = /^Bearer +(\S+) *$/i;

interface Parts {
  readonly config: Pick<Config, 'tokens'>;
  readonly store: Pick<Store, 'accessTokens' | 'requiresToken'>;
  readonly clock: Clock;
}

export function createAccessControl({ config, store, clock }: Parts): AccessControl {
  const ofSettings = config.tokens.map((token) => ({
    digest: token.startsWith(HASHED) ? Buffer.from(token.slice(HASHED.length), 'hex') : computeDigest(token),
    access: {
      tokenName: SETTINGS_TOKEN_NAME,
      upstreamToken: undefined,
      limits: undefined,
      isReadOnly: false,
    },
  }));
  let known: KnownToken[] = ofSettings;
  let isClosed = ofSettings.length > 0;
  let loadedAtMs = Number.NEGATIVE_INFINITY;

  const load = async () => {
    loadedAtMs = clock.monotonic();
    // Once there was one, the mirror stays closed: neither revoking the last nor losing it to damage may open it to all.
    const wasClosed = await store.requiresToken();
    const named = await store.accessTokens();
    isClosed = wasClosed || ofSettings.length + named.length > 0;
    const valid = named.filter(({ revokedAtMs }) => revokedAtMs === undefined);
    known = [
      ...ofSettings,
      ...valid.map(({ name, hash: hex, limits, isReadOnly }) => ({
        digest: Buffer.from(hex, 'hex'),
        access: { tokenName: name, upstreamToken: undefined, limits, isReadOnly },
      })),
    ];
  };
  let hasLoaded = false;
  const reload = async () => {
    try {
      await load();
      hasLoaded = true;
    } catch (error) {
      // A database that does not answer keeps nobody out who is known: somebody must be able to see what is wrong.
      if (!hasLoaded) throw error;
    }
  };
  const loadTokens = (): Promise<void> | undefined =>
    clock.monotonic() - loadedAtMs > RELOAD_AFTER_MS ? reload() : undefined;

  const check = (authorization: string | undefined, token: string | undefined): Access => {
    if (!isClosed && !isOurs(token)) return openTo(token);
    if (authorization === undefined || authorization.trim() === '') {
      throw new ApiError(401, 'no_token', 'this mirror needs a token: send "authorization: Bearer …"');
    }
    const given = token === undefined ? NOBODYS_DIGEST : computeDigest(token);
    // No early exit: how long it takes must not tell how far it got.
    const [match] = known.filter(({ digest }) => timingSafeEqual(digest, given));
    if (!match) throw new ApiError(401, 'invalid_token', 'the token is not one of this mirror');
    return match.access;
  };

  return {
    needsToken: async () => {
      await reload();
      return isClosed;
    },
    check: (authorization) => {
      // A token of ours that comes to an open mirror was made a moment ago: it must not be taken for the upstream's.
      const token = authorization === undefined ? undefined : parseBearerToken(authorization);
      const loading = !isClosed && isOurs(token) ? reload() : loadTokens();
      return loading ? loading.then(() => check(authorization, token)) : check(authorization, token);
    },
  };
}

/** Of no token that anybody could present. */
const NOBODYS_DIGEST = randomBytes(32);

function isOurs(token: string | undefined): boolean {
  return token?.startsWith(TOKEN_PREFIX) ?? false;
}

/** The token of an `authorization: Bearer …` header. */
function parseBearerToken(authorization: string): string | undefined {
  return BEARER.exec(authorization)?.[1];
}

const ANYBODY: Access = {
  tokenName: undefined,
  upstreamToken: undefined,
  limits: undefined,
  isReadOnly: false,
};

/** Without tokens of our own, what the caller presents is for the upstream. */
function openTo(upstreamToken: string | undefined): Access {
  return upstreamToken === undefined ? ANYBODY : { ...ANYBODY, upstreamToken };
}

/** Who came in by an open path, and may nothing else. */
export const PROBE: Access = { ...ANYBODY, limits: { userIds: [], applicationIds: [] }, isReadOnly: true };

/** What a read-only token may not do. */
export function createReadOnlyError(): ApiError {
  return new ApiError(403, 'forbidden', 'this token may only read');
}
