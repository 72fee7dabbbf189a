/** The tokens created by `flux-mirror token new`: their hashes, and which tasks they give access to. */
import { and, asc, eq, isNull } from 'drizzle-orm';
import type { AccessStore } from '../contract/access.ts';
import { mapToken } from '../rules/access-token-row.ts';
import { serializeLimits } from '../rules/limit-columns.ts';
import { numberParams } from './conditions.ts';
import type { Postgres } from './database.ts';
import { readMetadata, setMetadata } from './metadata.ts';
import { buildRows } from './rows.ts';
import { accessTokens } from './schema/processes.ts';
import { runInTransaction } from './transaction.ts';

/** The metadata `closed` records that a token was ever created; `false` after the requirement was dropped. */
export function createAccessTokenStore(db: Postgres): AccessStore {
  return {
    addAccessToken: ({ name, hash, limits, isReadOnly, createdAtMs, expiresAtMs }) =>
      runInTransaction(db, {}, async (tx) => {
        const added = await tx.drizzle
          .insert(accessTokens)
          .values({
            ...{ name, hash, isReadOnly, createdAt: createdAtMs, expiresAt: expiresAtMs ?? null },
            ...serializeLimits(limits),
          })
          .onConflictDoNothing()
          .returning({ name: accessTokens.name });
        if (added.length > 0) await setMetadata(tx, 'closed', 'true');
        return added.length > 0;
      }),
    accessTokens: async () =>
      (
        await db.drizzle
          .select()
          .from(accessTokens)
          .orderBy(asc(accessTokens.createdAt), asc(accessTokens.arrival))
      ).map(mapToken),
    revokeAccessToken: (name, nowMs) =>
      runInTransaction(db, {}, async ({ drizzle }) => {
        const revoked = await drizzle
          .update(accessTokens)
          .set({ revokedAt: nowMs })
          .where(and(eq(accessTokens.name, name), isNull(accessTokens.revokedAt)))
          .returning({ name: accessTokens.name });
        return revoked.length > 0;
      }),
    recordTokenUse: async (lastUsedAtMs) => {
      if (lastUsedAtMs.size === 0) return;
      const { sql, params } = buildRows(
        'used',
        { name: ['text', ([name]) => name], at: ['bigint', ([, at]) => at] },
        [...lastUsedAtMs].sort(([a], [b]) => (a < b ? -1 : 1)),
      );
      await runInTransaction(db, { names: ['token use'], isRepeatable: true, isSilent: true }, (tx) =>
        tx.execute(
          numberParams(
            `UPDATE access_tokens SET last_used_at = greatest(last_used_at, used.at) FROM ${sql}
             WHERE access_tokens.name = used.name`,
          ),
          params,
        ),
      );
    },
    requiresToken: async () => {
      const closed = await readMetadata(db, 'closed');
      return closed !== undefined && closed !== 'false';
    },
    dropTokenRequirement: () =>
      runInTransaction(db, { isRepeatable: true }, (tx) => setMetadata(tx, 'closed', 'false')),
  };
}
