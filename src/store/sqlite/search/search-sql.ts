/**
 * Compiles a query and a filter to SQL: what the full-text index can decide becomes one MATCH at the head of the join, whose
 * rows come in time order; the rest becomes conditions on the tasks table. Values are always bound as parameters.
 */

import type { PrefixNode, Query, QueryNode, TextNode } from '../../../search/ast.ts';
import { intersectTimes } from '../../../search/dates.ts';
import {
  computePrefixRange,
  getShorterPrefix,
  type PrefixPlan,
  planPrefixRanges,
} from '../../../search/prefixes.ts';
import type { TaskFilter } from '../../contract/tasks.ts';
import type { Sqlite } from '../database.ts';
import {
  buildFilterConditions,
  buildTimeConditions,
  type Condition,
  compileAnyValue,
  compileField,
  groupValues,
  listFilterValues,
  NARROW_COLUMNS,
} from '../filter-sql.ts';
import { buildInterruptConditions, yieldUntilInterrupted } from '../interrupt.ts';
import { compileAllOf, compileLeaf, compileMatch } from './match-expression.ts';
import { buildListCondition, listPositions, selectByArtifact, selectByIndex } from './position-lists.ts';

export interface SearchSql {
  /** The FROM clause; includes `tasks` under its own name. */
  readonly from: string;
  /** The SQL name of the position column that orders the rows. */
  readonly position: string;
  readonly conditions: readonly Condition[];
  /** FROM clause for counting: omits `tasks` when no condition needs it. */
  readonly countFrom: string;
  /** FROM clause for reading only columns of the narrow index. */
  readonly narrowFrom: string;
  /** The conditions that can differ between tasks with the same prompt, for another table alias. */
  buildConditionsOfTask(row: string): Condition[];
}

const NARROW_TASKS = 'tasks INDEXED BY tasks_narrow';

/** @param maxDisplacement how far a row's position may be above the slot of its time */
export function compileSearch(
  db: Sqlite,
  query: Query,
  filter: TaskFilter,
  maxDisplacement: number,
): SearchSql {
  const compiler = createCompiler(db);
  const bounds = { ...filter, ...intersectQueryTimes(filter, query) };
  const others = query.parts.filter((part) => part.kind !== 'time');

  // What the index can decide goes into one expression; a prefix that needs a check goes there in its loose form.
  const indexed = others.filter((part) => !isNegated(part) && compiler.compileLoose(part) !== undefined);
  const negated =
    indexed.length === 0 ? [] : others.filter((part) => isNegated(part) && compiler.compileExact(part.part));
  const match = compiler.compileLooseAll([...indexed, ...negated]);
  const decided = new Set<QueryNode>([
    ...indexed.filter((part) => compiler.compileExact(part) !== undefined),
    ...negated,
  ]);
  const undecided = others.filter((part) => !decided.has(part));
  const ofPrompt = undecided.filter(isAboutPrompt);
  const ofTask = undecided.filter((part) => !isAboutPrompt(part));

  const buildConditionsOfTask = (row: string) => [
    ...buildFilterConditions(bounds, row, maxDisplacement),
    ...ofTask.map((part) => compiler.compileCondition(part, row)),
  ];
  const mayInterrupt = (rejecting: readonly Condition[]) =>
    rejecting.length === 0 ? [] : [...buildInterruptConditions(db), ...rejecting];
  const conditions = [
    ...buildConditionsOfTask('tasks'),
    ...ofPrompt.map((part) =>
      isLeaf(part) && indexed.includes(part)
        ? buildPromptCondition(part, 'tasks')
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
      conditions: mayInterrupt(conditions),
      countFrom: from,
      narrowFrom,
      buildConditionsOfTask,
    };
  }
  // CROSS JOIN keeps the index as the outer loop: its rows come in the wanted order, so nothing is sorted.
  const joinTasks = (tasks: string) =>
    `prompt_index CROSS JOIN ${tasks} ON tasks.position = prompt_index.rowid`;
  const from = joinTasks('tasks');
  return {
    from,
    position: 'prompt_index.rowid',
    conditions: [
      { sql: 'prompt_index MATCH ?', params: [match] },
      ...buildTimeConditions(bounds, 'prompt_index.rowid', maxDisplacement),
      ...mayInterrupt(conditions),
    ],
    countFrom: conditions.length === 0 ? 'prompt_index' : from,
    narrowFrom: joinTasks(NARROW_TASKS),
    buildConditionsOfTask,
  };
}

/** Whether a node depends only on the prompt, so that it is the same for all tasks with that prompt. */
function isAboutPrompt(node: QueryNode): boolean {
  if (node.kind === 'not') return isAboutPrompt(node.part);
  if (node.kind === 'and' || node.kind === 'or') return node.parts.every(isAboutPrompt);
  return isLeaf(node);
}

function isLeaf(node: QueryNode): node is TextNode {
  return node.kind === 'phrase' || node.kind === 'prefix';
}

/** `before:`, `after:` and `on:` at the top level of the query narrow the filter's own bounds, and so the position range. */
export function intersectQueryTimes(filter: TaskFilter, query: Query): Pick<TaskFilter, 'fromMs' | 'toMs'> {
  return intersectTimes([filter, ...query.parts.filter((part) => part.kind === 'time')]);
}

function isNegated(part: QueryNode): part is Extract<QueryNode, { kind: 'not' }> {
  return part.kind === 'not';
}

/** Whether the narrow index alone can decide the conditions, without reading documents. */
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
  /** A MATCH expression equivalent to the node; undefined when the index alone can't decide. */
  compileExact(node: QueryNode): string | undefined;
  /** A MATCH expression that matches at least what the node does. */
  compileLoose(node: QueryNode): string | undefined;
  compileLooseAll(nodes: readonly QueryNode[]): string | undefined;
  /** The node as a condition on a row of tasks. */
  compileCondition(node: QueryNode, row: string): Condition;
}

function createCompiler(db: Sqlite): Compiler {
  const wordsBetween = db.raw
    .prepare<[string, string], string>('SELECT word FROM words WHERE word >= ? AND word < ?')
    .pluck();
  const plans = new Map<string, PrefixPlan>();
  const planPrefix = ({ prefix }: PrefixNode): PrefixPlan => {
    const known = plans.get(prefix);
    if (known) return known;
    const words = wordsBetween.iterate(...computePrefixRange(getShorterPrefix(prefix)));
    const plan = planPrefixRanges(prefix, yieldUntilInterrupted(db, words));
    plans.set(prefix, plan);
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
    if (node.kind === 'artifact') return buildListCondition(selectByArtifact(db, node), row);
    const listed = listPositions(db, node, compileExact);
    if (listed !== undefined) return buildListCondition(listed, row);
    switch (node.kind) {
      case 'not': {
        const { sql, params } = compileCondition(node.part, row);
        return { sql: `NOT ${sql}`, params };
      }
      case 'and':
      case 'or': {
        const { lists, others } =
          node.kind === 'or' ? groupValues(node.parts) : { lists: [], others: node.parts };
        const parts = [
          ...lists.map((list) => compileAnyValue(list, row)),
          ...others.map((part) => compileCondition(part, row)),
        ];
        const sql = `(${parts.map((part) => part.sql).join(node.kind === 'and' ? ' AND ' : ' OR ')})`;
        return { sql, params: parts.flatMap(({ params }) => params) };
      }
      case 'field':
        return compileField(node, row);
      case 'time':
        return compileTime(node, row);
      case 'phrase':
      case 'prefix': {
        const found = buildListCondition([selectByIndex(db, compileLooseLeaf(node))], row);
        const parts = [found, buildPromptCondition(node, row)];
        return {
          sql: `(${parts.map(({ sql }) => sql).join(' AND ')})`,
          params: parts.flatMap(({ params }) => params),
        };
      }
    }
  };

  return {
    compileExact,
    compileLoose: (node) => compileMatch(node, loosely),
    compileLooseAll: (nodes) => compileAllOf(nodes, loosely),
    compileCondition,
  };
}

/** Checks the prompt itself (see prompt-function.ts). */
function buildPromptCondition(leaf: TextNode, row: string): Condition {
  return { sql: `prompt_contains(${row}.document, ${row}.prompt_hash, ?)`, params: [JSON.stringify(leaf)] };
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
