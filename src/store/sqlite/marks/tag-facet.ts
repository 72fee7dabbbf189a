/** How many of the matches have each tag: from the counts that are kept with the marks where nothing is asked, else by the matches. */

import type { TagCount, TagRequest } from '../../contract/marks.ts';
import type { FacetCount, FacetRequest } from '../../contract/search.ts';
import { listFilterValues } from '../../rules/filter-values.ts';
import type { Sqlite } from '../database.ts';
import { buildLimitConditions, buildWhereClause, type Condition, collectParams } from '../filter-sql.ts';
import { computeIdRange } from '../find-ids.ts';
import { ensureInterruptible } from '../interrupt.ts';
import { compileSearch } from '../search/search-sql.ts';
import { buildVisibleConditions } from './mark-sql.ts';

/** Values that are listed, the most frequent ones. */
const MAX_TAG_VALUES = 1000;

/** @param maxDisplacement how far a row's position may be above the slot of its time */
export function countTagFacet(
  db: Sqlite,
  { query, filter }: Pick<FacetRequest, 'query' | 'filter'>,
  maxDisplacement: number,
): FacetCount[] {
  const { values, within, ...others } = filter;
  const isAll =
    query.parts.length === 0 && listFilterValues(values).length === 0 && Object.keys(others).length === 0;
  const counts = isAll
    ? listTags(db, { prefix: '', limit: MAX_TAG_VALUES, within })
    : countMatches(db, { query, filter }, maxDisplacement);
  return counts.map(({ tag, count }) => ({ value: tag, count }));
}

/** The most used tags that begin so. Within limits, from the tags of all: they are fewer than the tasks of one user. */
export function listTags(db: Sqlite, { prefix, limit, within }: TagRequest): TagCount[] {
  if (!within) return readCounts(db, { prefix, limit });
  const conditions = ensureInterruptible(db, [
    ...buildPrefixConditions(prefix),
    ...buildVisibleConditions(db, 'mark_tags.position'),
    ...buildLimitConditions(within, 'tasks'),
  ]);
  return db.raw
    .prepare<unknown[], TagCount>(
      `SELECT tag, count(*) AS count FROM mark_tags CROSS JOIN tasks ON tasks.position = mark_tags.position
       ${buildWhereClause(conditions)} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ?`,
    )
    .all(...collectParams(conditions), limit);
}

function readCounts({ raw }: Sqlite, { prefix, limit }: Omit<TagRequest, 'within'>): TagCount[] {
  const conditions = [{ sql: 'n > hidden', params: [] }, ...buildPrefixConditions(prefix)];
  return raw
    .prepare<unknown[], TagCount>(
      `SELECT tag, n - hidden AS count FROM tag_counts ${buildWhereClause(conditions)} ORDER BY 2 DESC, tag LIMIT ?`,
    )
    .all(...collectParams(conditions), limit);
}

function countMatches(
  db: Sqlite,
  { query, filter }: Pick<FacetRequest, 'query' | 'filter'>,
  maxDisplacement: number,
): TagCount[] {
  if (!db.raw.prepare('SELECT 1 FROM mark_tags LIMIT 1').get()) return [];
  const sql = compileSearch(db, query, filter, maxDisplacement);
  const conditions = ensureInterruptible(db, sql.conditions);
  return db.raw
    .prepare<unknown[], TagCount>(
      `SELECT mark_tags.tag AS tag, count(*) AS count
       FROM ${sql.narrowFrom} CROSS JOIN mark_tags INDEXED BY mark_tags_position ON mark_tags.position = ${sql.position}
       ${buildWhereClause(conditions)} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${MAX_TAG_VALUES}`,
    )
    .all(...collectParams(conditions));
}

function buildPrefixConditions(prefix: string): Condition[] {
  return prefix === '' ? [] : [{ sql: 'tag >= ? AND tag < ?', params: computeIdRange(prefix) }];
}
