/** A row of the table of saved searches. */
import { RANDOM_KEY } from '../../lib/random-key.ts';
import { foldName } from '../../task/entry-name.ts';
import type { SavedSearch, SavedSearchChange } from '../contract/saved-searches.ts';
import { areLimitColumns, type LimitColumns, parseLimits } from './limit-columns.ts';
import { areNameColumns } from './name-columns.ts';

/** The columns of a saved search, in the table of any engine. */
export interface SavedSearchRow extends LimitColumns {
  readonly id: string;
  readonly name: string;
  readonly foldedName: string;
  readonly query: string;
  readonly timeZone: string | null;
  readonly feedKey: string | null;
  readonly version: number;
  readonly createdAt: number;
  readonly changedAt: number;
  readonly visitedAt: number;
}

/** One whose limits damage made unreadable does not exist: it must not find everything. */
export function parseSavedSearchRow(row: SavedSearchRow): SavedSearch | undefined {
  const readable = parseLimits(row);
  if (!readable) return undefined;
  return {
    id: row.id,
    name: row.name,
    query: row.query,
    timeZone: row.timeZone ?? undefined,
    limits: readable.limits,
    feedKey: row.feedKey ?? undefined,
    version: row.version,
    createdAtMs: row.createdAt,
    changedAtMs: row.changedAt,
    visitedAtMs: row.visitedAt,
  };
}

/** The columns that a change writes, without those of its version and time. */
export function encodeSavedSearchChange(change: SavedSearchChange): Partial<SavedSearchRow> {
  const { name, query } = change;
  return {
    ...(name === undefined ? {} : { name, foldedName: foldName(name) }),
    ...(query === undefined ? {} : { query }),
    ...('timeZone' in change ? { timeZone: change.timeZone ?? null } : {}),
    ...('feedKey' in change ? { feedKey: change.feedKey ?? null } : {}),
  };
}

/** Whether a row of a foreign or damaged database is a saved search that this mirror could have stored. */
export function isSavedSearchRow(row: Readonly<Record<string, unknown>>): boolean {
  const { name, folded_name: folded, user_ids: users, application_ids: applications, feed_key: key } = row;
  const isKey = key === null || (typeof key === 'string' && RANDOM_KEY.test(key));
  return isKey && areLimitColumns(users, applications) && areNameColumns(name, folded);
}
