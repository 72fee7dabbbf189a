/** Finds a collection, if the caller may see it. */
import { foldName } from '../../../task/entry-name.ts';
import { areLimitsWithin, type TaskLimits } from '../../../task/limits.ts';
import { type Collection, type CollectionOutcome, MAX_COLLECTIONS } from '../../contract/collections.ts';
import { type CollectionRow, parseCollectionRow } from '../../rules/collection-row.ts';
import { serializeLimits } from '../../rules/limit-columns.ts';
import type { Queryable } from '../database.ts';
import { collections } from '../schema/collections.ts';
import { selectColumns } from '../select-columns.ts';

interface CountedRow extends CollectionRow {
  readonly taskCount: number;
}

const SELECT = `SELECT ${selectColumns(collections)},
  (SELECT count(*) FROM collection_tasks AS counted WHERE counted.collection = collections.id) AS "taskCount"
  FROM collections`;

/** The locks of what changes a collection: names and their number are decided upon for all of them. */
export const COLLECTION_LOCKS = ['collections'];

/** @param query of a transaction, or of the database to read alone */
export function createCollectionFinder({ query }: Pick<Queryable, 'query'>) {
  /** Without those that damage made unreadable. @param rest of the statement, behind FROM */
  const select = async (rest: string, params: readonly unknown[] = []): Promise<Collection[]> => {
    const rows = await query<CountedRow>(`${SELECT} ${rest}`, params);
    return rows.map((row) => parseCollectionRow(row, row.taskCount)).filter((row) => row !== undefined);
  };

  /** @param ifVersion one of these is wanted */
  const find = async (
    id: string,
    within: TaskLimits | undefined,
    ifVersion?: readonly number[],
  ): Promise<CollectionOutcome> => {
    const [collection] = await select('WHERE collections.id = $1', [id]);
    if (!collection || !areLimitsWithin(collection.limits, within)) return { kind: 'unknown' };
    if (ifVersion && !ifVersion.includes(collection.version)) return { kind: 'conflict' };
    return { kind: 'done', collection };
  };

  /** The collection with this name and these limits. */
  const findByName = async ({ name, limits }: Pick<Collection, 'name' | 'limits'>) => {
    const { userIds, applicationIds } = serializeLimits(limits);
    const [row] = await query<{ id: string; changedAt: number }>(
      `SELECT id, changed_at AS "changedAt" FROM collections WHERE folded_name = $1 AND user_ids = $2 AND application_ids = $3`,
      [foldName(name), userIds, applicationIds],
    );
    return row;
  };

  /** Whether there are as many as a mirror may have. */
  const isFull = async (): Promise<boolean> => {
    const [row] = await query<{ n: number }>('SELECT count(*) AS n FROM collections');
    return (row?.n ?? 0) >= MAX_COLLECTIONS;
  };

  return { select, find, findByName, isFull };
}
