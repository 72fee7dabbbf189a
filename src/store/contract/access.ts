/** Named tokens of callers. */
import type { TaskLimits } from '../../task/limits.ts';
import type { MaybePromise } from './maybe-promise.ts';

/** A token that callers may present, beside those of the settings. */
export interface AccessToken {
  readonly name: string;
  /** SHA-256 of the token, lower-case hex. The token itself is stored nowhere. */
  readonly hash: string;
  /** Undefined: access to every task. */
  readonly limits: TaskLimits | undefined;
  readonly isReadOnly: boolean;
  readonly createdAtMs: number;
  /** Undefined while it is valid. */
  readonly revokedAtMs: number | undefined;
}

/** Named tokens that callers may present. */
export interface AccessStore {
  /** False when the name is taken, even by a revoked token. */
  addAccessToken(token: AccessToken): MaybePromise<boolean>;
  /** All tokens, revoked ones included, oldest first. */
  accessTokens(): MaybePromise<AccessToken[]>;
  /** The token stays in the list. False when no valid token has this name. */
  revokeAccessToken(name: string, nowMs: number): MaybePromise<boolean>;
  /** Whether a token was ever created, even if it has been lost since: every caller then needs one. */
  requiresToken(): MaybePromise<boolean>;
}
