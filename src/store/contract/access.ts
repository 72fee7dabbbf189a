/** Named tokens of callers. */
import type { TaskLimits } from '../../task/limits.ts';
import type { MaybePromise } from './maybe-promise.ts';

/** A token that callers may present, beside those of the settings. */
export interface AccessToken {
  readonly name: string;
  /** SHA-256 of the token, lower-case hex. The token itself is stored nowhere. */
  readonly hash: string;
  /** Undefined: it shows everything. */
  readonly limits: TaskLimits | undefined;
  readonly isReadOnly: boolean;
  readonly createdAtMs: number;
  /** Undefined while it is valid. */
  readonly revokedAtMs: number | undefined;
}

/** Named tokens that callers may present. */
export interface AccessStore {
  /** False when there is one of this name already, revoked or not. */
  addAccessToken(token: AccessToken): MaybePromise<boolean>;
  /** All there ever were, oldest first. */
  accessTokens(): MaybePromise<AccessToken[]>;
  /** It stays in the list. False when no valid one has this name. */
  revokeAccessToken(name: string, nowMs: number): MaybePromise<boolean>;
  /** Whether there ever was a token, also one that is lost: then every caller needs one. */
  requiresToken(): MaybePromise<boolean>;
}
