/** The tokens created by `flux-mirror token new`: their hashes, and which tasks they give access to. */
import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import type { AccessToken } from '../contract/access.ts';
import { mapToken } from '../rules/access-token-row.ts';
import { serializeLimits } from '../rules/limit-columns.ts';
import { runInTransaction, runWithoutSync, type Sqlite } from './database.ts';
import type { Metadata } from './metadata.ts';
import { accessTokens } from './schema.ts';

export interface AccessTokenStore {
  addAccessToken(token: AccessToken): boolean;
  accessTokens(): AccessToken[];
  revokeAccessToken(name: string, nowMs: number): boolean;
  recordTokenUse(lastUsedAtMs: ReadonlyMap<string, number>): void;
  requiresToken(): boolean;
  dropTokenRequirement(): void;
}

/**
 * @param metadata its key `closed` records that a token was ever created, even if the table has since been lost to damage; `false`
 *   after the requirement was dropped
 */
export function createAccessTokenStore(db: Sqlite, metadata: Metadata): AccessTokenStore {
  const { drizzle } = db;
  const requiresToken = () =>
    metadata.get('closed') === undefined
      ? drizzle.select({ name: accessTokens.name }).from(accessTokens).limit(1).get() !== undefined
      : metadata.get('closed') !== 'false';
  const add = ({ name, hash, limits, isReadOnly, createdAtMs, expiresAtMs }: AccessToken): boolean => {
    const { changes } = drizzle
      .insert(accessTokens)
      .values({
        name,
        hash,
        ...serializeLimits(limits),
        isReadOnly,
        createdAt: createdAtMs,
        expiresAt: expiresAtMs ?? null,
      })
      .onConflictDoNothing()
      .run();
    return changes > 0;
  };
  return {
    addAccessToken: (token) =>
      runInTransaction(db, () => {
        const isNew = add(token);
        if (isNew) metadata.set('closed', 'true');
        return isNew;
      }),
    accessTokens: () =>
      drizzle.select().from(accessTokens).orderBy(asc(accessTokens.createdAt)).all().map(mapToken),
    revokeAccessToken: (name, nowMs) => {
      const isValid = and(eq(accessTokens.name, name), isNull(accessTokens.revokedAt));
      return drizzle.update(accessTokens).set({ revokedAt: nowMs }).where(isValid).run().changes > 0;
    },
    recordTokenUse: (lastUsedAtMs) =>
      // Losing the time of a use to a power cut is no loss.
      runWithoutSync(db, () => {
        for (const [name, usedAtMs] of lastUsedAtMs)
          drizzle
            .update(accessTokens)
            .set({ lastUsedAt: sql`max(coalesce(${accessTokens.lastUsedAt}, 0), ${usedAtMs})` })
            .where(eq(accessTokens.name, name))
            .run();
      }),
    requiresToken,
    dropTokenRequirement: () => metadata.set('closed', 'false'),
  };
}
