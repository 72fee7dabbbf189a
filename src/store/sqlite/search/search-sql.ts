/**
 * Compiles a query and a filter to SQL: what the full-text index can decide becomes one MATCH at the head of the join, whose
 * rows come in time order; the rest becomes conditions on the tasks table. Values are always bound as parameters.
 */

import type { PrefixNode, Query, QueryNode, TextNode } from '../../../search/ast.ts';
import {
  computePrefixRange,
  getShorterPrefix,
  type PrefixPlan,
  planPrefixRanges,
} from '../../../search/prefixes.ts';
import type { TaskFilter } from '../../contract/tasks.ts';
import { groupValues, listFilterValues } from '../../rules/filter-values.ts';
import { intersectQueryTimes, isLeaf, isNegated, leavesHiddenOut } from '../../rules/query-parts.ts';
import type { Sqlite } from '../database.ts';
import {
  buildFilterConditions,
  buildTimeConditions,
  type Condition,
  collectParams,
  compileAnyValue,
  compileField,
  NARROW_COLUMNS,
} from '../filter-sql.ts';
import { buildInterruptConditions, yieldUntilInterrupted } from '../interrupt.ts';
import { HIDDEN_EXPRESSION } from '../marks/mark-expression.ts';
import { buildMarkCondition, buildVisibleCondition, isAboutMarks, isAnyHidden } from '../marks/mark-sql.ts';
import { buildNoteCondition, createNoteCheck } from '../marks/note-index.ts';
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
  /** Whether words of the query are looked for in notes, too. */
  readonly readsNotes: boolean;
  /** All conditions, read from the row itself, for another table alias: for few rows, lists of all matches take longer. */
  buildConditionsByRow(row: string): Condition[];
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
  // Marks come first: FTS5 looks in the list of the second part for what it has found in the first, and phrases cost the most.
  const indexed = others
    .filter((part) => !isNegated(part) && compiler.compileLoose(part) !== undefined)
    .sort((a, b) => Number(isAboutMarks(b)) - Number(isAboutMarks(a)));
  const negated =
    indexed.length === 0 ? [] : others.filter((part) => isNegated(part) && compiler.compileExact(part.part));
  const isHiddenExcluded = leavesHiddenOut(query, filter) && isAnyHidden(db);
  const matched = compiler.compileLooseAll([...indexed, ...negated]);
  const match = matched !== undefined && isHiddenExcluded ? `(${matched} NOT ${HIDDEN_EXPRESSION})` : matched;
  const decided = new Set<QueryNode>([
    ...indexed.filter((part) => compiler.compileExact(part) !== undefined),
    ...negated,
  ]);
  const undecided = others.filter((part) => !decided.has(part));
  const isOfPrompt = (part: QueryNode) => isAboutPrompt(part) && !compiler.isInNotes(part);
  const ofPrompt = undecided.filter(isAboutPrompt);
  const ofTask = undecided.filter((part) => !isAboutPrompt(part));
  /** Not alike for all tasks with the same prompt: decided by the index, or words that are in notes, too. */
  const ofMarks = others.filter((part) => !ofTask.includes(part) && !isOfPrompt(part));

  const buildValueConditions = (row: string) => [
    ...buildFilterConditions(bounds, row, maxDisplacement),
    ...ofTask.map((part) => compiler.compileCondition(part, row)),
  ];
  const buildVisible = (row: string) => (isHiddenExcluded ? [buildVisibleCondition(`${row}.position`)] : []);
  const buildConditionsOfTask = (row: string) => [
    ...buildValueConditions(row),
    ...ofMarks.map((part) => compiler.compileByRow(part, row)),
    ...buildVisible(row),
  ];
  const buildConditionsByRow = (row: string) => [
    ...buildFilterConditions(bounds, row, maxDisplacement),
    ...others.map((part) => compiler.compileByRow(part, row)),
    ...buildVisible(row),
  ];
  const mayInterrupt = (rejecting: readonly Condition[]) =>
    rejecting.length === 0 ? [] : [...buildInterruptConditions(db), ...rejecting];
  const conditions = [
    ...buildValueConditions('tasks'),
    ...ofPrompt.map((part) =>
      isLeaf(part) && indexed.includes(part)
        ? compiler.compileCheck(part, 'tasks')
        : compiler.compileCondition(part, 'tasks'),
    ),
    ...(match === undefined ? buildVisible('tasks') : []),
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
      readsNotes: ofMarks.some(isAboutPrompt),
      buildConditionsByRow,
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
    readsNotes: ofMarks.some(isAboutPrompt),
    buildConditionsByRow,
    buildConditionsOfTask,
  };
}

/** Whether a node depends only on the prompt, so that it is the same for all tasks with that prompt. */
function isAboutPrompt(node: QueryNode): boolean {
  if (node.kind === 'not') return isAboutPrompt(node.part);
  if (node.kind === 'and' || node.kind === 'or') return node.parts.every(isAboutPrompt);
  return isLeaf(node);
}

/** Whether the narrow index alone can decide the conditions, without reading documents. */
function isNarrowRead(filter: TaskFilter, parts: readonly QueryNode[]): boolean {
  const isReadByScan = (node: QueryNode): boolean => {
    if (node.kind === 'field') return NARROW_COLUMNS.has(node.field);
    if (node.kind === 'mark') return true; // needs the position only
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
  /** Whether some note has a word of the node. */
  isInNotes(node: QueryNode): boolean;
  /** The node as a condition that reads the texts and marks of the row itself: for few rows, lists of all matches take longer. */
  compileByRow(node: QueryNode, row: string): Condition;
  /** Checks the texts of a row where the index of stems can't decide. */
  compileCheck(leaf: TextNode, row: string): Condition;
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

  const isNoted = createNoteCheck(db);
  const isInNotes = (node: QueryNode): boolean => {
    if (isLeaf(node)) return isNoted(compileLooseLeaf(node));
    if (node.kind === 'not') return isInNotes(node.part);
    return (node.kind === 'and' || node.kind === 'or') && node.parts.some(isInNotes);
  };
  const compileCheck = (leaf: TextNode, row: string): Condition => {
    const inPrompt = buildPromptCondition(leaf, row);
    return isInNotes(leaf) ? joinConditions('or', [inPrompt, buildNoteCondition(leaf, row)]) : inPrompt;
  };
  const compileMarks = (node: QueryNode, position: string): Condition => {
    if (node.kind === 'mark') return buildMarkCondition(node.test, position);
    if (node.kind === 'not') return negate(compileMarks(node.part, position));
    if (node.kind === 'and' || node.kind === 'or')
      return joinConditions(
        node.kind,
        node.parts.map((part) => compileMarks(part, position)),
      );
    return { sql: 'TRUE', params: [] }; // no other node is about marks alone
  };
  const compileCondition = (node: QueryNode, row: string): Condition => {
    if (node.kind === 'artifact') return buildListCondition(selectByArtifact(db, node), row);
    // Looked up for each row: as a list, all tasks that have the mark would be read.
    if (isAboutMarks(node)) return compileMarks(node, `${row}.position`);
    const listed = listPositions(db, node, compileExact);
    if (listed !== undefined) return buildListCondition(listed, row);
    switch (node.kind) {
      case 'not':
        return negate(compileCondition(node.part, row));
      case 'and':
      case 'or': {
        const { lists, others } =
          node.kind === 'or' ? groupValues(node.parts) : { lists: [], others: node.parts };
        const parts = [
          ...lists.map((list) => compileAnyValue(list, row)),
          ...others.map((part) => compileCondition(part, row)),
        ];
        return joinConditions(node.kind, parts);
      }
      case 'field':
        return compileField(node, row);
      case 'time':
        return compileTime(node, row);
      case 'mark':
        return compileMarks(node, `${row}.position`);
      case 'phrase':
      case 'prefix': {
        const found = buildListCondition([selectByIndex(db, compileLooseLeaf(node))], row);
        return joinConditions('and', [found, compileCheck(node, row)]);
      }
    }
  };
  const compileByRow = (node: QueryNode, row: string): Condition => {
    if (isLeaf(node)) return compileCheck(node, row);
    if (node.kind === 'not') return negate(compileByRow(node.part, row));
    if (node.kind === 'and' || node.kind === 'or')
      return joinConditions(
        node.kind,
        node.parts.map((part) => compileByRow(part, row)),
      );
    return compileCondition(node, row);
  };

  return {
    isInNotes,
    compileByRow,
    compileCheck,
    compileExact,
    compileLoose: (node) => compileMatch(node, loosely),
    compileLooseAll: (nodes) => compileAllOf(nodes, loosely),
    compileCondition,
  };
}

function negate({ sql, params }: Condition): Condition {
  return { sql: `NOT (${sql})`, params };
}

function joinConditions(kind: 'and' | 'or', conditions: readonly Condition[]): Condition {
  return {
    sql: `(${conditions.map(({ sql }) => sql).join(kind === 'and' ? ' AND ' : ' OR ')})`,
    params: collectParams(conditions),
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
  return joinConditions('and', bounds);
}
