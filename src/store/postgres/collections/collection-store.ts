/** Collections: listed, created, changed, removed. */
import { eq } from 'drizzle-orm';
import { foldName } from '../../../task/entry-name.ts';
import { areLimitsWithin } from '../../../task/limits.ts';
import {
  type Collection,
  type CollectionChange,
  type CollectionOutcome,
  type CollectionStore,
  MAX_COLLECTIONS,
} from '../../contract/collections.ts';
import { encodeCollectionChange } from '../../rules/collection-row.ts';
import { serializeLimits } from '../../rules/limit-columns.ts';
import type { Postgres, Queryable } from '../database.ts';
import { collections } from '../schema/collections.ts';
import { runInTransaction } from '../transaction.ts';
import { createCollectionImages } from './collection-images.ts';
import { createCollectionImport } from './collection-import.ts';
import { isPlaced } from './collection-order.ts';
import { createCollectionTasks } from './collection-tasks.ts';
import { COLLECTION_LOCKS, createCollectionFinder } from './find-collection.ts';
import { nextVersion } from './next-version.ts';

const BY_NAME = 'ORDER BY collections.folded_name, collections.id';

export function createCollectionStore(db: Postgres): CollectionStore {
  const { select, find } = createCollectionFinder({ query: db.read });

  return {
    ...createCollectionTasks(db),
    ...createCollectionImages(db),
    ...createCollectionImport(db),
    collections: async (within) =>
      (await select(BY_NAME)).filter(({ limits }) => areLimitsWithin(limits, within)),

    collection: async (id, within) => {
      const found = await find(id, within);
      return found.kind === 'done' ? found.collection : undefined;
    },

    collectionsOf: async (id, within) => {
      const found = await select(
        `JOIN collection_tasks AS placed ON placed.collection = collections.id WHERE placed.task_id = $1 ${BY_NAME}`,
        [id],
      );
      return found.filter(({ limits }) => areLimitsWithin(limits, within));
    },

    collectionOfLink: async (key) => (await select('WHERE link_key = $1', [key]))[0],

    addCollection: ({ id, name, note, limits }, nowMs) =>
      runInTransaction(db, { names: COLLECTION_LOCKS }, async (tx) => {
        const finder = createCollectionFinder(tx);
        if (await isNameTaken(tx, name, { id, limits })) return { kind: 'name-taken' };
        if (await finder.isFull())
          return { kind: 'refused', reason: `a mirror has at most ${MAX_COLLECTIONS} collections` };
        const times = { createdAt: nowMs, changedAt: nowMs, version: 1 };
        await tx.drizzle
          .insert(collections)
          .values({ id, name, foldedName: foldName(name), note, ...serializeLimits(limits), ...times });
        return finder.find(id, limits);
      }),

    changeCollection: (id, change, options) =>
      runInTransaction(db, { names: COLLECTION_LOCKS }, async (tx) => {
        const finder = createCollectionFinder(tx);
        const found = await finder.find(id, options.within, options.ifVersion);
        if (found.kind !== 'done') return found;
        const refusal = await refuseChange(tx, found.collection, change);
        if (refusal) return refusal;
        await tx.drizzle
          .update(collections)
          .set({ ...encodeCollectionChange(change, options.nowMs), ...nextVersion(options) })
          .where(eq(collections.id, id));
        return finder.find(id, options.within);
      }),

    removeCollection: (id, { within, ifVersion }) =>
      runInTransaction(db, { names: COLLECTION_LOCKS }, async (tx) => {
        const found = await createCollectionFinder(tx).find(id, within, ifVersion);
        if (found.kind === 'done') await tx.drizzle.delete(collections).where(eq(collections.id, id));
        return found;
      }),
  };
}

async function isNameTaken(
  tx: Queryable,
  name: string,
  { id, limits }: Pick<Collection, 'id' | 'limits'>,
): Promise<boolean> {
  const namesake = await createCollectionFinder(tx).findByName({ name, limits });
  return namesake !== undefined && namesake.id !== id;
}

async function refuseChange(
  tx: Queryable,
  collection: Collection,
  { name, cover }: CollectionChange,
): Promise<CollectionOutcome | undefined> {
  if (name !== undefined && (await isNameTaken(tx, name, collection))) return { kind: 'name-taken' };
  if (cover != null && !(await isPlaced(tx, collection.id, cover)))
    return { kind: 'refused', reason: 'the cover must be one of its tasks' };
  return undefined;
}
