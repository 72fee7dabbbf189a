/** Searches that people keep under a name. */
import { and, asc, count, eq, type SQL } from 'drizzle-orm';
import { foldName } from '../../task/entry-name.ts';
import { areLimitsWithin, type TaskLimits } from '../../task/limits.ts';
import {
  MAX_SAVED_SEARCHES,
  type NewSavedSearch,
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
import { runInTransaction, type Sqlite } from './database.ts';
import { savedSearches } from './schema.ts';
import type { Synchronous } from './synchronous.ts';

const UNKNOWN: SavedSearchOutcome = { kind: 'unknown' };

export function createSavedSearchStore(db: Sqlite): Synchronous<SavedSearchStore> {
  const { drizzle } = db;
  const find = (id: string, within: TaskLimits | undefined): SavedSearch | undefined => {
    const [row] = drizzle.select().from(savedSearches).where(eq(savedSearches.id, id)).all();
    const saved = row && parseSavedSearchRow(row);
    return saved && areLimitsWithin(saved.limits, within) ? saved : undefined;
  };
  const list = (): SavedSearch[] =>
    drizzle
      .select()
      .from(savedSearches)
      .orderBy(asc(savedSearches.foldedName), asc(savedSearches.createdAt))
      .all()
      .map(parseSavedSearchRow)
      .filter((saved) => saved !== undefined);
  const isTaken = (name: string, { id, limits }: Pick<SavedSearch, 'id' | 'limits'>): boolean => {
    const namesake = drizzle
      .select({ id: savedSearches.id })
      .from(savedSearches)
      .where(and(eq(savedSearches.foldedName, foldName(name)), isOfLimits(limits)))
      .get();
    return namesake !== undefined && namesake.id !== id;
  };
  const isFull = (limits: TaskLimits | undefined): boolean =>
    (drizzle.select({ n: count() }).from(savedSearches).where(isOfLimits(limits)).get()?.n ?? 0) >=
    MAX_SAVED_SEARCHES;

  const add = ({ nowMs, ...saved }: NewSavedSearch): SavedSearchOutcome => {
    const { id, name, query, timeZone, limits } = saved;
    if (isFull(limits)) return { kind: 'full' };
    if (isTaken(name, saved)) return { kind: 'taken' };
    const times = { createdAt: nowMs, changedAt: nowMs, visitedAt: nowMs };
    drizzle
      .insert(savedSearches)
      .values({
        ...{ id, name, foldedName: foldName(name), query, timeZone: timeZone ?? null },
        ...{ ...serializeLimits(limits), version: 1, ...times },
      })
      .run();
    return describe(id);
  };
  const change = (saved: SavedSearch, values: Partial<Omit<SavedSearchRow, 'id'>>): SavedSearchOutcome => {
    drizzle.update(savedSearches).set(values).where(eq(savedSearches.id, saved.id)).run();
    return describe(saved.id);
  };
  const describe = (id: string): SavedSearchOutcome => {
    const saved = find(id, undefined);
    return saved ? { kind: 'changed', saved } : UNKNOWN;
  };

  return {
    savedSearches: (within) => list().filter(({ limits }) => areLimitsWithin(limits, within)),
    savedSearch: find,
    savedSearchOfFeed: (key) => {
      const [row] = drizzle.select().from(savedSearches).where(eq(savedSearches.feedKey, key)).all();
      return row && parseSavedSearchRow(row);
    },
    addSavedSearch: (saved) => runInTransaction(db, () => add(saved)),
    changeSavedSearch: (id, wanted, { within, nowMs, ifVersion }) =>
      runInTransaction(db, () => {
        const saved = find(id, within);
        if (!saved) return UNKNOWN;
        if (ifVersion !== undefined && !ifVersion.includes(saved.version)) return { kind: 'conflict' };
        if (wanted.name !== undefined && isTaken(wanted.name, saved)) return { kind: 'taken' };
        return change(saved, {
          ...encodeSavedSearchChange(wanted),
          version: saved.version + 1,
          changedAt: nowMs,
        });
      }),
    visitSavedSearch: (id, { within, nowMs }) =>
      runInTransaction(db, () => {
        const saved = find(id, within);
        return saved ? change(saved, { visitedAt: Math.max(nowMs, saved.visitedAtMs) }) : UNKNOWN;
      }),
    removeSavedSearch: (id, within) =>
      runInTransaction(db, () => {
        if (!find(id, within)) return false;
        drizzle.delete(savedSearches).where(eq(savedSearches.id, id)).run();
        return true;
      }),
  };
}

/** Whether a row has these limits: as they are sorted, the same ones are the same texts. */
function isOfLimits(limits: TaskLimits | undefined): SQL | undefined {
  const { userIds, applicationIds } = serializeLimits(limits);
  return and(eq(savedSearches.userIds, userIds), eq(savedSearches.applicationIds, applicationIds));
}
