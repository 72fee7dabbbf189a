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
  /** From then on it is no longer valid. */
  readonly expiresAtMs?: number | undefined;
  /** Approximate: recorded about once a minute. */
  readonly lastUsedAtMs?: number | undefined;
}

/** Named tokens that callers may present. */
export interface AccessStore {
  /** False when the name is taken, even by a revoked token. */
  addAccessToken(token: AccessToken): MaybePromise<boolean>;
  /** All tokens, revoked ones included, oldest first. */
  accessTokens(): MaybePromise<AccessToken[]>;
  /** The token stays in the list. False when no valid token has this name. */
  revokeAccessToken(name: string, nowMs: number): MaybePromise<boolean>;
  /** Records when tokens were last used, by name; an earlier time has no effect. */
  recordTokenUse(lastUsedAtMs: ReadonlyMap<string, number>): MaybePromise<void>;
  /**
   * Whether every caller needs a token: once one was created, even if it has been lost since, until `dropTokenRequirement`.
   */
  requiresToken(): MaybePromise<boolean>;
  /** Lets callers in without a token again, until the next one is created. Existing tokens stay as they are. */
  dropTokenRequirement(): MaybePromise<void>;
}
