/** Stores collections from files. */
import { eq } from 'drizzle-orm';
import { foldName } from '../../../task/entry-name.ts';
import type { CollectionStore } from '../../contract/collections.ts';
import { serializeLimits } from '../../rules/limit-columns.ts';
import type { Postgres } from '../database.ts';
import { collections } from '../schema/collections.ts';
import { runInTransaction } from '../transaction.ts';
import { replaceTasks } from './collection-order.ts';
import { COLLECTION_LOCKS, createCollectionFinder } from './find-collection.ts';
import { nextVersion } from './next-version.ts';

export function createCollectionImport(db: Postgres): Pick<CollectionStore, 'importCollection'> {
  return {
    importCollection: (newId, archived) =>
      runInTransaction(db, { names: COLLECTION_LOCKS, isRepeatable: true }, async (tx) => {
        const { drizzle } = tx;
        const { findByName, isFull } = createCollectionFinder(tx);
        const { name, note, limits, cover = null, changedAtMs } = archived;
        const stored = await findByName(archived);
        if (stored && stored.changedAt >= changedAtMs) return 'kept';
        if (!stored && (await isFull())) return 'refused';
        const id = stored?.id ?? newId;
        const values = { name, foldedName: foldName(name), note, cover };
        if (stored) {
          await drizzle
            .update(collections)
            .set({ ...values, ...nextVersion({ nowMs: changedAtMs }) })
            .where(eq(collections.id, id));
        } else {
          const times = { createdAt: changedAtMs, changedAt: changedAtMs, version: 1 };
          await drizzle.insert(collections).values({ id, ...values, ...serializeLimits(limits), ...times });
        }
        await replaceTasks(tx, id, { order: archived.tasks, nowMs: changedAtMs });
        return 'changed';
      }),
  };
}
