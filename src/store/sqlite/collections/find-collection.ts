/** Finds a collection, if the caller may see it. */
import { and, count, eq, getTableColumns, sql } from 'drizzle-orm';
import { foldName } from '../../../task/entry-name.ts';
import { areLimitsWithin, type TaskLimits } from '../../../task/limits.ts';
import { type Collection, type CollectionOutcome, MAX_COLLECTIONS } from '../../contract/collections.ts';
import { type CollectionRow, parseCollectionRow } from '../../rules/collection-row.ts';
import { serializeLimits } from '../../rules/limit-columns.ts';
import type { Sqlite } from '../database.ts';
import { collections, collectionTasks } from '../schema.ts';

interface CountedRow {
  readonly row: CollectionRow;
  readonly taskCount: number;
}

export function createCollectionFinder({ drizzle }: Pick<Sqlite, 'drizzle'>) {
  const select = () =>
    drizzle
      .select({
        row: getTableColumns(collections),
        taskCount: sql<number>`(SELECT count(*) FROM ${collectionTasks} AS placed WHERE placed.collection = ${collections.id})`,
      })
      .from(collections)
      .$dynamic();

  /** None for a row that damage made unreadable. */
  const parse = ({ row, taskCount }: CountedRow): Collection[] => {
    const collection = parseCollectionRow(row, taskCount);
    return collection ? [collection] : [];
  };

  /** @param ifVersion one of these is wanted */
  const find = (
    id: string,
    within: TaskLimits | undefined,
    ifVersion?: readonly number[],
  ): CollectionOutcome => {
    const [collection] = select().where(eq(collections.id, id)).all().flatMap(parse);
    if (!collection || !areLimitsWithin(collection.limits, within)) return { kind: 'unknown' };
    if (ifVersion && !ifVersion.includes(collection.version)) return { kind: 'conflict' };
    return { kind: 'done', collection };
  };

  /** The collection with this name and these limits. */
  const findByName = ({ name, limits }: Pick<Collection, 'name' | 'limits'>) => {
    const { userIds, applicationIds } = serializeLimits(limits);
    return drizzle
      .select({ id: collections.id, changedAt: collections.changedAt })
      .from(collections)
      .where(
        and(
          eq(collections.foldedName, foldName(name)),
          eq(collections.userIds, userIds),
          eq(collections.applicationIds, applicationIds),
        ),
      )
      .get();
  };

  /** Whether there are as many as a mirror may have. */
  const isFull = (): boolean =>
    (drizzle.select({ n: count() }).from(collections).get()?.n ?? 0) >= MAX_COLLECTIONS;

  return { select, parse, find, findByName, isFull };
}
