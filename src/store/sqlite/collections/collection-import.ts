/** Stores collections from files. */
import { eq } from 'drizzle-orm';
import { foldName } from '../../../task/entry-name.ts';
import type { CollectionStore } from '../../contract/collections.ts';
import { serializeLimits } from '../../rules/limit-columns.ts';
import { runInTransaction, type Sqlite } from '../database.ts';
import { collections } from '../schema.ts';
import type { Synchronous } from '../synchronous.ts';
import type { CollectionTasks } from './collection-tasks.ts';
import { createCollectionFinder } from './find-collection.ts';
import { nextVersion } from './next-version.ts';

export function createCollectionImport(
  db: Sqlite,
  tasks: Pick<CollectionTasks, 'replace'>,
): Synchronous<Pick<CollectionStore, 'importCollection'>> {
  const { drizzle } = db;
  const { findByName, isFull } = createCollectionFinder(db);
  return {
    importCollection: (newId, archived) =>
      runInTransaction(db, () => {
        const { name, note, limits, cover = null, changedAtMs } = archived;
        const stored = findByName(archived);
        if (stored && stored.changedAt >= changedAtMs) return 'kept';
        if (!stored && isFull()) return 'refused';
        const id = stored?.id ?? newId;
        const values = { name, foldedName: foldName(name), note, cover };
        if (stored)
          drizzle
            .update(collections)
            .set({ ...values, ...nextVersion({ nowMs: changedAtMs }) })
            .where(eq(collections.id, id))
            .run();
        else {
          const times = { createdAt: changedAtMs, changedAt: changedAtMs, version: 1 };
          drizzle
            .insert(collections)
            .values({ id, ...values, ...serializeLimits(limits), ...times })
            .run();
        }
        tasks.replace(id, archived.tasks, changedAtMs);
        return 'changed';
      }),
  };
}
