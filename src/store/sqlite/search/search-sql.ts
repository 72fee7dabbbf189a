/**
 * From a query and a filter to SQL: what the full-text index can decide becomes one MATCH at the head of the join, whose
 * rows come in the order of time; the rest becomes conditions on the rows of tasks. Values are bound, never written in.
 */

import type { PrefixNode, Query, QueryNode, TextNode } from '../../../search/ast.ts';
import { intersectTimes } from '../../../search/dates.ts';
import { computePrefixRange, getShorterPrefix, planPrefixRanges } from '../../../search/prefixes.ts';
import type { TaskFilter } from '../../contract/tasks.ts';
import type { Sqlite } from '../database.ts';
import {
  buildFilterConditions,
  buildTimeConditions,
  type Condition,
  compileField,
  listFilterValues,
  NARROW_COLUMNS,
} from '../filter-sql.ts';
import { compileAllOf, compileLeaf, compileMatch } from './match-expression.ts';

export interface SearchSql {
  /** What to select from; `tasks` is in it under its own name. */
  readonly from: string;
  /** The SQL name of the position by which rows come. */
  readonly position: string;
  readonly conditions: readonly Condition[];
  /** The same for counting: without the tasks where nothing is asked of them. */
  readonly countFrom: string;
  /** The same for what reads columns of the narrow index only. */
  readonly narrowFrom: string;
  /** The conditions that tasks of one prompt may differ in, on a row of another name. */
  buildDisplacedConditions(row: string): Condition[];
}

const NARROW_TASKS = 'tasks INDEXED BY tasks_narrow';

/** @param maxDisplacement how far behind its time's slot a row may stand */
export function compileSearch(
  db: Sqlite,
  query: Query,
  filter: TaskFilter,
  maxDisplacement: number,
): SearchSql {
  const compiler = createCompiler(db);
  const bounds = addTimes(filter, query);
  const others = query.parts.filter((part) => part.kind !== 'time');

  // What the index can decide goes into one expression; a beginning that must be checked goes there loosely.
  const indexed = others.filter((part) => !isNegated(part) && compiler.loose(part) !== undefined);
  const negated =
    indexed.length === 0 ? [] : others.filter((part) => isNegated(part) && compiler.compileExact(part.part));
  const match = compiler.looseAll([...indexed, ...negated]);
  const decided = new Set<QueryNode>([
    ...indexed.filter((part) => compiler.compileExact(part) !== undefined),
    ...negated,
  ]);
  const undecided = others.filter((part) => !decided.has(part));
  const ofPrompt = undecided.filter(isAboutPrompt);
  const ofTask = undecided.filter((part) => !isAboutPrompt(part));

  const buildDisplacedConditions = (row: string) => [
    ...buildFilterConditions(bounds, row, maxDisplacement),
    ...ofTask.map((part) => compiler.compileCondition(part, row)),
  ];
  const conditions = [
    ...buildDisplacedConditions('tasks'),
    ...ofPrompt.map((part) =>
      isLeaf(part) && indexed.includes(part)
        ? containsCondition(part, 'tasks')
        : compiler.compileCondition(part, 'tasks'),
    ),
  ];
  if (match === undefined) {
    const isNarrow = conditions.length > 0 && ofPrompt.length === 0 && isNarrowRead(bounds, ofTask);
    const from = isNarrow ? NARROW_TASKS : 'tasks';
    const narrowFrom = isNarrow || conditions.length === 0 ? NARROW_TASKS : 'tasks';
    return {
      from,
      position: 'tasks.position',
      conditions,
      countFrom: from,
      narrowFrom,
      buildDisplacedConditions,
    };
  }
  // CROSS JOIN keeps the index outside: its rows come in the wanted order, so nothing is sorted.
  const joinTasks = (tasks: string) =>
    `prompt_index CROSS JOIN ${tasks} ON tasks.position = prompt_index.rowid`;
  const from = joinTasks('tasks');
  return {
    from,
    position: 'prompt_index.rowid',
    conditions: [
      { sql: 'prompt_index MATCH ?', params: [match] },
      ...buildTimeConditions(bounds, 'prompt_index.rowid', maxDisplacement),
      ...conditions,
    ],
    countFrom: conditions.length === 0 ? 'prompt_index' : from,
    narrowFrom: joinTasks(NARROW_TASKS),
    buildDisplacedConditions,
  };
}

/** Tasks with the same prompt are alike in it. */
function isAboutPrompt(node: QueryNode): boolean {
  if (node.kind === 'not') return isAboutPrompt(node.part);
  if (node.kind === 'and' || node.kind === 'or') return node.parts.every(isAboutPrompt);
  return isLeaf(node);
}

function isLeaf(node: QueryNode): node is TextNode {
  return node.kind === 'phrase' || node.kind === 'prefix';
}

/** `before:`, `after:` and `on:` at the top of the query narrow the filter's own bounds, and so the range of positions. */
function addTimes(filter: TaskFilter, query: Query): TaskFilter {
  const times = query.parts.filter((part) => part.kind === 'time');
  return { ...filter, ...intersectTimes([filter, ...times]) };
}

function isNegated(part: QueryNode): part is Extract<QueryNode, { kind: 'not' }> {
  return part.kind === 'not';
}

/** Whether the conditions can be decided in the narrow index, without reading a document. */
function isNarrowRead(filter: TaskFilter, parts: readonly QueryNode[]): boolean {
  const isReadByScan = (node: QueryNode): boolean => {
    if (node.kind === 'field') return NARROW_COLUMNS.has(node.field);
    if (node.kind === 'not') return isReadByScan(node.part);
    if (node.kind === 'and' || node.kind === 'or') return node.parts.every(isReadByScan);
    return node.kind === 'time';
  };
  const { values, within } = filter;
  const isNarrow = listFilterValues(values).every(({ column }) => NARROW_COLUMNS.has(column));
  const isByAccount = [within?.userIds, within?.applicationIds].some((ids) => ids && ids.length > 0);
  return isNarrow && !isByAccount && parts.every(isReadByScan);
}

interface Compiler {
  /** The MATCH expression that decides about a part, undefined where the index alone can't. */
  compileExact(node: QueryNode): string | undefined;
  /** One that matches at least what the part does. */
  loose(node: QueryNode): string | undefined;
  looseAll(nodes: readonly QueryNode[]): string | undefined;
  /** The part as a condition on a row of tasks. */
  compileCondition(node: QueryNode, row: string): Condition;
}

function createCompiler({ raw }: Sqlite): Compiler {
  const wordsBetween = raw
    .prepare<[string, string], string>('SELECT word FROM words WHERE word >= ? AND word < ?')
    .pluck();
  const plans = new Map<PrefixNode, ReturnType<typeof planPrefixRanges>>();
  const planPrefix = (leaf: PrefixNode) => {
    const plan =
      plans.get(leaf) ??
      planPrefixRanges(leaf.prefix, wordsBetween.all(...computePrefixRange(getShorterPrefix(leaf.prefix))));
    plans.set(leaf, plan);
    return plan;
  };

  const compileExactLeaf = (leaf: TextNode) =>
    leaf.kind === 'prefix' && planPrefix(leaf).mustCheck ? undefined : compileLeaf(leaf);
  const compileLooseLeaf = (leaf: TextNode): string => {
    const expression = compileLeaf(leaf);
    if (leaf.kind === 'phrase') return expression;
    const others = planPrefix(leaf).stems.map((stem) => `"${[...leaf.terms, stem].join(' ')}"`);
    return others.length === 0 ? expression : `(${[expression, ...others].join(' OR ')})`;
  };
  const exactly = { exact: compileExactLeaf, wanted: compileExactLeaf };
  const loosely = { exact: compileExactLeaf, wanted: compileLooseLeaf };
  const compileExact = (node: QueryNode) => compileMatch(node, exactly);

  const compileCondition = (node: QueryNode, row: string): Condition => {
    const match = compileExact(node);
    if (match !== undefined) return buildIndexCondition(match, row);
    switch (node.kind) {
      case 'not': {
        const { sql, params } = compileCondition(node.part, row);
        return { sql: `NOT ${sql}`, params };
      }
      case 'and':
      case 'or': {
        const parts = node.parts.map((part) => compileCondition(part, row));
        const sql = `(${parts.map((part) => part.sql).join(node.kind === 'and' ? ' AND ' : ' OR ')})`;
        return { sql, params: parts.flatMap(({ params }) => params) };
      }
      case 'field':
        return compileField(node, row);
      case 'time':
        return compileTime(node, row);
      default: {
        const parts = [buildIndexCondition(compileLooseLeaf(node), row), containsCondition(node, row)];
        return {
          sql: `(${parts.map(({ sql }) => sql).join(' AND ')})`,
          params: parts.flatMap(({ params }) => params),
        };
      }
    }
  };

  return {
    compileExact,
    loose: (node) => compileMatch(node, loosely),
    looseAll: (nodes) => compileAllOf(nodes, loosely),
    compileCondition,
  };
}

/** Looks at the prompt itself (see prompt-function.ts). */
function containsCondition(leaf: TextNode, row: string): Condition {
  return { sql: `prompt_contains(${row}.document, ?)`, params: [JSON.stringify(leaf)] };
}

/** The list is made once a search, so a wide condition costs one pass over the index, not one look-up a row. */
function buildIndexCondition(match: string, row: string): Condition {
  return {
    sql: `${row}.position IN (SELECT rowid FROM prompt_index WHERE prompt_index MATCH ?)`,
    params: [match],
  };
}

function compileTime(
  { fromMs, toMs }: { fromMs: number | undefined; toMs: number | undefined },
  row: string,
): Condition {
  const bounds: Condition[] = [
    ...(fromMs === undefined ? [] : [{ sql: `${row}.created_at >= ?`, params: [fromMs] }]),
    ...(toMs === undefined ? [] : [{ sql: `${row}.created_at < ?`, params: [toMs] }]),
  ];
  return {
    sql: `(${bounds.map(({ sql }) => sql).join(' AND ')})`,
    params: bounds.flatMap(({ params }) => params),
  };
}
