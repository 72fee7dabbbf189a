/** The most used tags: from the counts that are kept, or within limits by those that are set. */
import { computePrefixRange } from '../../../search/prefixes.ts';
import type { TagCount, TagRequest } from '../../contract/marks.ts';
import { buildWhereClause, type Condition, collectParams, numberParams } from '../conditions.ts';
import type { Postgres } from '../database.ts';
import { buildLimitConditions } from '../filter-sql.ts';

/** The most used tags that begin so. Within limits, from the tags of all: they are fewer than the tasks of one user. */
export async function listTags(
  db: Pick<Postgres, 'read'>,
  { prefix, limit, within }: TagRequest,
): Promise<TagCount[]> {
  const isVisible = { sql: 'NOT mark_tags.is_hidden', params: [] };
  const conditions = within
    ? [...buildPrefixConditions(prefix), isVisible, ...buildLimitConditions(within, 'tasks')]
    : buildPrefixConditions(prefix);
  const from = within
    ? `SELECT tag, count(*) AS count FROM mark_tags JOIN tasks ON tasks.arrival = mark_tags.task
       ${buildWhereClause(conditions)} GROUP BY tag`
    : `SELECT tag, sum(n - hidden)::bigint AS count FROM tag_counts ${buildWhereClause(conditions)} GROUP BY tag
       HAVING sum(n - hidden) > 0`;
  return db.read<TagCount>(numberParams(`${from} ORDER BY count DESC, tag LIMIT ?`), [
    ...collectParams(conditions),
    limit,
  ]);
}

function buildPrefixConditions(prefix: string): Condition[] {
  return prefix === '' ? [] : [{ sql: 'tag >= ? AND tag < ?', params: computePrefixRange(prefix) }];
}
