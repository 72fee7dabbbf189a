/** Collections: listed, created, changed, removed. */
import { asc, eq } from 'drizzle-orm';
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
import { runInTransaction, type Sqlite } from '../database.ts';
import { collections, collectionTasks } from '../schema.ts';
import type { Synchronous } from '../synchronous.ts';
import { createCollectionImages } from './collection-images.ts';
import { createCollectionImport } from './collection-import.ts';
import { createCollectionTasks } from './collection-tasks.ts';
import { createCollectionFinder } from './find-collection.ts';
import { nextVersion } from './next-version.ts';

export function createCollectionStore(db: Sqlite): Synchronous<CollectionStore> {
  const { drizzle } = db;
  const tasks = createCollectionTasks(db);
  const { find, findByName, isFull, select, parse } = createCollectionFinder(db);
  const byName = [asc(collections.foldedName), asc(collections.id)];

  const isNameTaken = (name: string, { id, limits }: Pick<Collection, 'id' | 'limits'>): boolean => {
    const namesake = findByName({ name, limits });
    return namesake !== undefined && namesake.id !== id;
  };

  const refuseChange = (
    collection: Collection,
    { name, cover }: CollectionChange,
  ): CollectionOutcome | undefined => {
    if (name !== undefined && isNameTaken(name, collection)) return { kind: 'name-taken' };
    if (cover != null && !tasks.has(collection.id, cover))
      return { kind: 'refused', reason: 'the cover must be one of its tasks' };
    return undefined;
  };

  return {
    ...tasks.operations,
    ...createCollectionImages(db),
    ...createCollectionImport(db, tasks),
    collections: (within) =>
      select()
        .orderBy(...byName)
        .all()
        .flatMap(parse)
        .filter(({ limits }) => areLimitsWithin(limits, within)),

    collection: (id, within) => {
      const found = find(id, within);
      return found.kind === 'done' ? found.collection : undefined;
    },

    collectionsOf: (id, within) =>
      select()
        .innerJoin(collectionTasks, eq(collectionTasks.collection, collections.id))
        .where(eq(collectionTasks.taskId, id))
        .orderBy(...byName)
        .all()
        .flatMap(parse)
        .filter(({ limits }) => areLimitsWithin(limits, within)),

    collectionOfLink: (key) => select().where(eq(collections.linkKey, key)).all().flatMap(parse)[0],

    addCollection: ({ id, name, note, limits }, nowMs) =>
      runInTransaction(db, () => {
        if (isNameTaken(name, { id, limits })) return { kind: 'name-taken' };
        if (isFull())
          return { kind: 'refused', reason: `a mirror has at most ${MAX_COLLECTIONS} collections` };
        const times = { createdAt: nowMs, changedAt: nowMs, version: 1 };
        drizzle
          .insert(collections)
          .values({ id, name, foldedName: foldName(name), note, ...serializeLimits(limits), ...times })
          .run();
        return find(id, limits);
      }),

    changeCollection: (id, change, options) =>
      runInTransaction(db, () => {
        const found = find(id, options.within, options.ifVersion);
        if (found.kind !== 'done') return found;
        const refusal = refuseChange(found.collection, change);
        if (refusal) return refusal;
        drizzle
          .update(collections)
          .set({ ...encodeCollectionChange(change, options.nowMs), ...nextVersion(options) })
          .where(eq(collections.id, id))
          .run();
        return find(id, options.within);
      }),

    removeCollection: (id, { within, ifVersion }) =>
      runInTransaction(db, () => {
        const found = find(id, within, ifVersion);
        if (found.kind !== 'done') return found;
        drizzle.delete(collectionTasks).where(eq(collectionTasks.collection, id)).run();
        drizzle.delete(collections).where(eq(collections.id, id)).run();
        return found;
      }),
  };
}
