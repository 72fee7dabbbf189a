/** Searches that people keep under a name. */
import { eq } from 'drizzle-orm';
import { foldName } from '../../task/entry-name.ts';
import { areLimitsWithin, type TaskLimits } from '../../task/limits.ts';
import {
  MAX_SAVED_SEARCHES,
  type SavedSearch,
  type SavedSearchOutcome,
  type SavedSearchStore,
} from '../contract/saved-searches.ts';
import { serializeLimits } from '../rules/limit-columns.ts';
import {
  encodeSavedSearchChange,
  parseSavedSearchRow,
  type SavedSearchRow,
} from '../rules/saved-search-row.ts';
import type { Postgres, Queryable } from './database.ts';
import { savedSearches } from './schema/collections.ts';
import { selectColumns } from './select-columns.ts';
import { runInTransaction } from './transaction.ts';

const SELECT = `SELECT ${selectColumns(savedSearches)} FROM saved_searches`;
const UNKNOWN: SavedSearchOutcome = { kind: 'unknown' };
/**
 * The locks of what changes saved searches, their webhooks, or queues messages for those: names and numbers are decided upon for all of
 * them, and what is removed takes the others with it.
 */
export const SAVED_SEARCH_LOCKS = ['saved searches'];

export function createSavedSearchStore(db: Postgres): SavedSearchStore {
  const { select, find } = createFinder({ query: db.read });
  return {
    savedSearches: async (within) =>
      (await select('ORDER BY folded_name, created_at, id')).filter(({ limits }) =>
        areLimitsWithin(limits, within),
      ),
    savedSearch: find,
    savedSearchOfFeed: async (key) => (await select('WHERE feed_key = $1', [key]))[0],
    addSavedSearch: ({ nowMs, id, name, query, timeZone, limits }) =>
      runInTransaction(db, { names: SAVED_SEARCH_LOCKS }, async (tx) => {
        if ((await countOfLimits(tx, limits)) >= MAX_SAVED_SEARCHES) return { kind: 'full' };
        if (await isTaken(tx, name, { id, limits })) return { kind: 'taken' };
        const times = { createdAt: nowMs, changedAt: nowMs, visitedAt: nowMs };
        await tx.drizzle.insert(savedSearches).values({
          ...{ id, name, foldedName: foldName(name), query, timeZone: timeZone ?? null },
          ...{ ...serializeLimits(limits), version: 1, ...times },
        });
        return describe(tx, id);
      }),
    changeSavedSearch: (id, wanted, { within, nowMs, ifVersion }) =>
      runInTransaction(db, { names: SAVED_SEARCH_LOCKS }, async (tx) => {
        const saved = await createFinder(tx).find(id, within);
        if (!saved) return UNKNOWN;
        if (ifVersion !== undefined && !ifVersion.includes(saved.version)) return { kind: 'conflict' };
        if (wanted.name !== undefined && (await isTaken(tx, wanted.name, saved))) return { kind: 'taken' };
        const values = { ...encodeSavedSearchChange(wanted), version: saved.version + 1, changedAt: nowMs };
        await tx.drizzle.update(savedSearches).set(values).where(eq(savedSearches.id, id));
        return describe(tx, id);
      }),
    visitSavedSearch: (id, { within, nowMs }) =>
      runInTransaction(db, { names: SAVED_SEARCH_LOCKS, isRepeatable: true }, async (tx) => {
        const saved = await createFinder(tx).find(id, within);
        if (!saved) return UNKNOWN;
        const visitedAt = Math.max(nowMs, saved.visitedAtMs);
        await tx.drizzle.update(savedSearches).set({ visitedAt }).where(eq(savedSearches.id, id));
        return describe(tx, id);
      }),
    removeSavedSearch: (id, within) =>
      runInTransaction(db, { names: SAVED_SEARCH_LOCKS }, async (tx) => {
        if (!(await createFinder(tx).find(id, within))) return false;
        await tx.drizzle.delete(savedSearches).where(eq(savedSearches.id, id));
        return true;
      }),
  };
}

/** @param query of a transaction, or of the database to read alone */
function createFinder({ query }: Pick<Queryable, 'query'>) {
  /** Without those that damage made unreadable. @param rest of the statement, behind FROM */
  const select = async (rest: string, params: readonly unknown[] = []): Promise<SavedSearch[]> =>
    (await query<SavedSearchRow>(`${SELECT} ${rest}`, params))
      .map(parseSavedSearchRow)
      .filter((saved) => saved !== undefined);
  const find = async (id: string, within?: TaskLimits): Promise<SavedSearch | undefined> => {
    const [saved] = await select('WHERE id = $1', [id]);
    return saved && areLimitsWithin(saved.limits, within) ? saved : undefined;
  };
  return { select, find };
}

async function describe(tx: Queryable, id: string): Promise<SavedSearchOutcome> {
  const saved = await createFinder(tx).find(id);
  return saved ? { kind: 'changed', saved } : UNKNOWN;
}

/** Whether another one with these limits has the name. */
async function isTaken(
  { query }: Queryable,
  name: string,
  { id, limits }: Pick<SavedSearch, 'id' | 'limits'>,
): Promise<boolean> {
  const { userIds, applicationIds } = serializeLimits(limits);
  const rows = await query(
    'SELECT 1 FROM saved_searches WHERE folded_name = $1 AND user_ids = $2 AND application_ids = $3 AND id <> $4',
    [foldName(name), userIds, applicationIds, id],
  );
  return rows.length > 0;
}

async function countOfLimits({ query }: Queryable, limits: TaskLimits | undefined): Promise<number> {
  const { userIds, applicationIds } = serializeLimits(limits);
  const [row] = await query<{ n: number }>(
    'SELECT count(*) AS n FROM saved_searches WHERE user_ids = $1 AND application_ids = $2',
    [userIds, applicationIds],
  );
  return row?.n ?? 0;
}
