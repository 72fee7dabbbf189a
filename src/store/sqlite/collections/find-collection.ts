/** Finds a collection, if the caller may see it. */
import { eq, getTableColumns, sql } from 'drizzle-orm';
import { areLimitsWithin, type TaskLimits } from '../../../task/limits.ts';
import type { Collection, CollectionOutcome } from '../../contract/collections.ts';
import type { Sqlite } from '../database.ts';
import { collections, collectionTasks } from '../schema.ts';
import { type CollectionRow, parseCollectionRow } from './collection-row.ts';

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

  return { select, parse, find };
}
