/**
 * Compiles a query and a filter to SQL: what the full-text index can find becomes one tsquery, the rest conditions on the search row and
 * on the task. Values are always bound as parameters.
 */
import type { FieldNode, Query, QueryNode } from '../../../search/ast.ts';
import { intersectTimes } from '../../../search/dates.ts';
import { convertToLowerAscii } from '../../../search/fold.ts';
import type { MarkTest } from '../../../search/mark-fields.ts';
import { computePrefixRange } from '../../../search/prefixes.ts';
import { MAX_RATING } from '../../../task/marks.ts';
import type { TaskFilter } from '../../contract/tasks.ts';
import { groupValues } from '../../rules/filter-values.ts';
import { intersectQueryTimes, leavesHiddenOut } from '../../rules/query-parts.ts';
import type { Condition } from '../conditions.ts';
import { collectParams } from '../conditions.ts';
import { buildFilterConditions, buildTimeConditions, compileAnyValue, compileField } from '../filter-sql.ts';
import type { FoundArtifacts } from './artifacts.ts';
import { compileAllOf, compileMatch, NOT_HIDDEN } from './match-expression.ts';
import { buildTextCondition } from './text-conditions.ts';

/** The SQL aliases of a task and of its search row. */
export interface RowNames {
  readonly task: string;
  readonly prompt: string;
}

export const ROW: RowNames = { task: 'tasks', prompt: 'prompts' };

export interface SearchSql {
  /** The tsquery that finds the rows; undefined if the index can't. */
  readonly match: string | undefined;
  /** SELECT statements of the keys of tasks that together have all matches and perhaps others, where there is no tsquery. */
  readonly lists: readonly Condition[] | undefined;
  /** When matches were created. */
  readonly times: Pick<TaskFilter, 'fromMs' | 'toMs'>;
  /** What a row must satisfy besides the tsquery and the times. */
  readonly conditions: readonly Condition[];
  /** Whether those need the task's own columns, and whether they need those of its search row. */
  readonly readsTasks: boolean;
  readonly readsPrompts: boolean;
  /** All conditions, for other aliases. They need both rows only if `readsPrompts` or `match` is set. */
  buildConditions(row: RowNames): Condition[];
}

/** @param artifacts what the links and hashes of the query are (see artifacts.ts) */
export function compileSearch(query: Query, filter: TaskFilter, artifacts: FoundArtifacts): SearchSql {
  const times = intersectQueryTimes(filter, query);
  const { fromMs: _from, toMs: _to, ...values } = filter;
  const parts = query.parts.filter((part) => part.kind !== 'time');
  const isHiddenExcluded = leavesHiddenOut(query, filter);
  const compile = (node: QueryNode, row: RowNames) => compileNode(node, row, artifacts);

  const all = compileAllOf(parts);
  const undecided = parts.filter((part) => !all?.decided.has(part));
  const match = all && isHiddenExcluded ? `(${all.match.tsquery} & ${NOT_HIDDEN})` : all?.match.tsquery;
  const visible = (row: RowNames): Condition[] =>
    isHiddenExcluded ? [{ sql: `NOT ${row.task}.is_hidden`, params: [] }] : [];
  const conditions = [
    ...buildFilterConditions(values, ROW.task),
    ...(match === undefined ? visible(ROW) : []),
    ...undecided.map((part) => compile(part, ROW)),
  ];
  return {
    match,
    lists: match === undefined ? findLists(parts, artifacts) : undefined,
    times,
    conditions,
    readsTasks: buildFilterConditions(values, ROW.task).length > 0 || undecided.some(readsTask),
    readsPrompts: undecided.some(readsPrompt),
    buildConditions: (row) => [
      ...buildFilterConditions(values, row.task),
      ...buildTimeConditions(times, `${row.task}.created_at`),
      ...visible(row),
      ...parts.map((part) => compile(part, row)),
    ],
  };
}

function compileNode(node: QueryNode, row: RowNames, artifacts: FoundArtifacts): Condition {
  switch (node.kind) {
    case 'phrase':
    case 'prefix':
      return buildTextCondition(node, row.prompt);
    case 'mark':
      return compileMark(node.test, row);
    case 'artifact':
      return { sql: `${row.task}.arrival = ANY(?::bigint[])`, params: [artifacts.find(node)] };
    case 'field':
      return node.valueKind === 'id' ? compileId(node, `${row.task}.id`) : compileField(node, row.task);
    case 'time':
      return join('and', buildTimeConditions(intersectTimes([node]), `${row.task}.created_at`));
    case 'not':
      return negate(compileNode(node.part, row, artifacts));
    case 'and':
    case 'or': {
      const { lists, others } =
        node.kind === 'or' ? groupValues(node.parts) : { lists: [], others: node.parts };
      return join(node.kind, [
        ...lists.map((list) => compileAnyValue(list, row.task)),
        ...others.map((part) => compileNode(part, row, artifacts)),
      ]);
    }
  }
}

function compileMark(test: MarkTest, row: RowNames): Condition {
  // A task without a rating has no term that says so.
  if (test.of === 'rating' && test.min === 0)
    return negate(compileMark({ of: 'rating', min: test.max + 1, max: MAX_RATING }, row));
  const match = compileMatch({ kind: 'mark', test });
  return match
    ? { sql: `${row.prompt}.tokens @@ ?::tsquery`, params: [match.tsquery] }
    : { sql: 'FALSE', params: [] };
}

/** Both as given and in lower case, the usual form of a UUID. */
function compileId({ value, isPrefix }: FieldNode, column: string): Condition {
  const ids = [...new Set([value, convertToLowerAscii(value)])];
  const conditions = ids.map((id): Condition => {
    if (!isPrefix) return { sql: `${column} = ?`, params: [id] };
    return { sql: `(${column} >= ? AND ${column} < ?)`, params: computePrefixRange(id) };
  });
  return join('or', conditions);
}

function negate({ sql, params }: Condition): Condition {
  return { sql: `NOT (${sql})`, params };
}

function join(kind: 'and' | 'or', conditions: readonly Condition[]): Condition {
  if (conditions.length === 0) return { sql: kind === 'and' ? 'TRUE' : 'FALSE', params: [] };
  return {
    sql: `(${conditions.map(({ sql }) => sql).join(kind === 'and' ? ' AND ' : ' OR ')})`,
    params: collectParams(conditions),
  };
}

/** The shortest lists that some part is found by; undefined if none is. */
function findLists(parts: readonly QueryNode[], artifacts: FoundArtifacts): Condition[] | undefined {
  for (const part of parts) {
    const lists = listKeys(part, artifacts);
    if (lists) return lists;
  }
  return undefined;
}

/** SELECT statements of the keys of all tasks that match a node, which is found by an index; undefined if it is not. */
function listKeys(node: QueryNode, artifacts: FoundArtifacts): Condition[] | undefined {
  if (node.kind === 'artifact')
    return [{ sql: 'SELECT unnest(?::bigint[])', params: [artifacts.find(node)] }];
  if (node.kind === 'field' && node.valueKind === 'id') {
    const { sql, params } = compileId(node, 'id');
    return [{ sql: `SELECT arrival FROM tasks WHERE ${sql}`, params }];
  }
  const match = compileMatch(node);
  if (match) return [{ sql: 'SELECT task FROM prompts WHERE tokens @@ ?::tsquery', params: [match.tsquery] }];
  if (node.kind !== 'or') return undefined;
  const lists = node.parts.map((part) => listKeys(part, artifacts));
  const known = lists.filter((list) => list !== undefined);
  return known.length === lists.length ? known.flat() : undefined;
}

/** Whether a node is about columns of the task. */
function readsTask(node: QueryNode): boolean {
  if (node.kind === 'not') return readsTask(node.part);
  if (node.kind === 'and' || node.kind === 'or') return node.parts.some(readsTask);
  return node.kind === 'field' || node.kind === 'artifact' || node.kind === 'time';
}

/** Whether a node is about columns of the search row. */
function readsPrompt(node: QueryNode): boolean {
  if (node.kind === 'not') return readsPrompt(node.part);
  if (node.kind === 'and' || node.kind === 'or') return node.parts.some(readsPrompt);
  return node.kind === 'phrase' || node.kind === 'prefix' || node.kind === 'mark';
}
