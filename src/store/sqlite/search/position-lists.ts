/**
 * Nodes of a query that an index answers with a short list of tasks: ids, links and hashes, and alternatives of these and of words.
 * As one list they are looked up; as conditions joined by OR they would be checked against every task that a limited caller may see.
 */
import type { ArtifactNode, FieldNode, QueryNode } from '../../../search/ast.ts';
import { convertToLowerAscii } from '../../../search/fold.ts';
import { hashLink } from '../../rules/link-hash.ts';
import type { Sqlite } from '../database.ts';
import { buildWhereClause, type Condition, collectParams } from '../filter-sql.ts';
import { computeIdRange } from '../find-ids.ts';
import { buildInterruptConditions } from '../interrupt.ts';

/**
 * The SELECT statements of positions that together are the tasks of a node; undefined if it is no such node.
 * @param compileExact a MATCH expression equivalent to a node
 */
export function listPositions(
  db: Sqlite,
  node: QueryNode,
  compileExact: (node: QueryNode) => string | undefined,
): Condition[] | undefined {
  const match = compileExact(node);
  if (match !== undefined) return [selectByIndex(db, match)];
  if (node.kind === 'field') return node.valueKind === 'id' ? [selectById(db, node)] : undefined;
  if (node.kind === 'artifact') return selectByArtifact(db, node);
  if (node.kind !== 'or') return undefined;
  const lists = node.parts.map((part) => listPositions(db, part, compileExact));
  const known = lists.filter((list) => list !== undefined);
  return known.length === lists.length ? known.flat() : undefined;
}

/**
 * SQLite builds the list once per search, so a broad condition costs one pass over the index, not one look-up per row. A row that is
 * looked up for another (see prompt-groups.ts) is checked against it: the `+` keeps SQLite from going through the list each time.
 */
export function buildListCondition(lists: readonly Condition[], row: string): Condition {
  return {
    sql: `${row === 'tasks' ? '' : '+'}${row}.position IN (${lists.map(({ sql }) => sql).join(' UNION ALL ')})`,
    params: collectParams(lists),
  };
}

export function selectByIndex(db: Sqlite, match: string): Condition {
  return select(db, 'SELECT rowid FROM prompt_index', [{ sql: 'prompt_index MATCH ?', params: [match] }]);
}

/** Ids use their index, both as given and in lower case, the usual form of a UUID. */
function selectById(db: Sqlite, { value, isPrefix }: FieldNode): Condition {
  const ids = [...new Set([value, convertToLowerAscii(value)])];
  const conditions = ids.map((id): Condition => {
    if (!isPrefix) return { sql: 'id = ?', params: [id] };
    return { sql: 'id >= ? AND id < ?', params: computeIdRange(id) };
  });
  return select(db, 'SELECT position FROM tasks', [
    { sql: `(${conditions.map(({ sql }) => sql).join(' OR ')})`, params: collectParams(conditions) },
  ]);
}

export function selectByArtifact(db: Sqlite, { link, sha256 }: ArtifactNode): Condition[] {
  const lists: Condition[] = [];
  if (sha256 !== undefined)
    lists.push(
      select(db, 'SELECT position FROM task_images', [
        { sql: 'sha256 = ?', params: [sha256] },
        { sql: 'n >= 0', params: [] },
      ]),
    );
  if (link !== undefined)
    lists.push(
      select(db, 'SELECT position FROM task_images CROSS JOIN tasks USING (position)', [
        { sql: 'link_hash = ?', params: [hashLink(link)] },
        { sql: 'n >= 0', params: [] },
        { sql: 'artifact_has_link(document, n, ?)', params: [link] },
      ]),
    );
  return lists;
}

function select(db: Sqlite, from: string, found: readonly Condition[]): Condition {
  const [first, ...others] = found;
  const conditions = [...(first ? [first] : []), ...buildInterruptConditions(db), ...others];
  return { sql: `${from} ${buildWhereClause(conditions)}`, params: collectParams(conditions) };
}
