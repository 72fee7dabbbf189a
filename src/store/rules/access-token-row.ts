/** Rows of tokens, as both engines have them. */
import type { AccessToken } from '../contract/access.ts';
import { type LimitColumns, parseLimits } from './limit-columns.ts';

export interface AccessTokenRow extends LimitColumns {
  readonly name: string;
  readonly hash: string;
  readonly isReadOnly: boolean;
  /** Epoch milliseconds, like the others. */
  readonly createdAt: number;
  readonly revokedAt: number | null;
  readonly expiresAt: number | null;
  readonly lastUsedAt: number | null;
}

/** A token whose limits damage made unreadable counts as revoked: it must neither stop the server nor see everything. */
export function mapToken(row: AccessTokenRow): AccessToken {
  const readable = parseLimits(row);
  return {
    name: row.name,
    hash: row.hash,
    limits: readable?.limits,
    isReadOnly: row.isReadOnly,
    createdAtMs: row.createdAt,
    revokedAtMs: row.revokedAt ?? (readable ? undefined : row.createdAt),
    expiresAtMs: row.expiresAt ?? undefined,
    lastUsedAtMs: row.lastUsedAt ?? undefined,
  };
}
