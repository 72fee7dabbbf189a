/**
 * Finds the tasks that have most of a plan, by weight, without reading their prompts: the lists of the rarer pieces are added up,
 * and frequent ones are looked up among those. What has only frequent pieces is found by asking for several at once.
 */
import { createQuery, type QueryNode } from '../../../search/ast.ts';
import { type ClosePiece, type ClosePlan, getPieceWeight } from '../../../search/close/plan.ts';
import type { TaskFilter } from '../../contract/tasks.ts';
import type { Sqlite } from '../database.ts';
import { buildTimeConditions, buildWhereClause, type Condition, collectParams } from '../filter-sql.ts';
import { computeSlot } from '../position.ts';
import { countUpTo } from './count-up-to.ts';
import { createSetScores, type PieceSet, sortByLikelyScore } from './likely-scores.ts';
import { compileSearch } from './search-sql.ts';

/** Rows of the index that are read for the rarer pieces. */
const MAX_RARE_ROWS = 20_000;
/** Rows that are taken of one set of frequent pieces. */
const MAX_SET_ROWS = 1000;
/** A larger set is not ranked, but read from the newest on. */
const MAX_RANKED_ROWS = 10_000;
/** Pieces that are looked up before the prompts are read: enough rare ones tell where to look. */
const MAX_LOOKED_UP = 8;
/** Sets of frequent pieces that are asked for. */
const MAX_SETS = 12;
/** Frequent pieces that sets are made of. */
const MAX_FREQUENT = 6;

/** Where candidates are looked for. */
export interface CandidateSearch {
  readonly strict: readonly QueryNode[];
  readonly filter: TaskFilter;
  /** Only tasks created before, epoch milliseconds: later ones would change the pages of a search in progress. */
  readonly beforeMs?: number;
  readonly maxDisplacement: number;
}

export interface CandidateRequest extends CandidateSearch {
  readonly plan: ClosePlan;
  /** How many are needed. */
  readonly limit: number;
  /** Positions that are no candidates. */
  readonly without?: ReadonlySet<number>;
}

interface Piece {
  readonly node: QueryNode;
  readonly weight: number;
  /** The piece alone. */
  readonly set: PieceSet;
}

/** What the prompts have that were found, by position. */
type FoundSets = Map<number, PieceSet>;

/** @returns the positions of the candidates, those that are likely to be the best first */
export function findCandidates(db: Sqlite, request: CandidateRequest): number[] {
  const { plan, limit } = request;
  const pieces = plan.pieces
    .map((piece, at): Piece => ({ node: createNode(piece), weight: getPieceWeight(piece), set: 1 << at }))
    .filter((_, at) => (plan.pieces[at]?.variants.length ?? 0) > 0)
    .sort((a, b) => b.weight - a.weight);
  const getScore = createSetScores(plan);
  const found: FoundSets = new Map();
  const rare = addRarePieces(db, request, pieces, found);
  const frequent = pieces.filter((piece) => !rare.includes(piece));
  if (rare.length > 0) addFrequentAmong(db, request, { rare, frequent }, found);
  addFrequentSets(db, request, { frequent, getScore }, found);
  for (const position of request.without ?? []) found.delete(position);
  const best = Array.from(found, ([position, set]) => ({ position, pieces: set }))
    .sort((a, b) => getScore(b.pieces) - getScore(a.pieces) || b.position - a.position)
    .slice(0, limit);
  return sortByLikelyScore(db, best, getScore).map(({ position }) => position);
}

function addToSets(found: FoundSets, positions: readonly number[], set: PieceSet): void {
  for (const position of positions) found.set(position, (found.get(position) ?? 0) | set);
}

/** @returns the pieces whose lists were read */
function addRarePieces(
  db: Sqlite,
  request: CandidateRequest,
  pieces: readonly Piece[],
  found: FoundSets,
): Piece[] {
  const rare: Piece[] = [];
  let left = MAX_RARE_ROWS;
  for (const piece of pieces) {
    const positions = readPositions(db, request, [piece.node], { limit: left + 1 });
    if (positions.length > left) break; // the following ones are more frequent
    left -= positions.length;
    addToSets(found, positions, piece.set);
    rare.push(piece);
  }
  return rare;
}

function addFrequentAmong(
  db: Sqlite,
  request: CandidateRequest,
  { rare, frequent }: { rare: readonly Piece[]; frequent: readonly Piece[] },
  found: FoundSets,
): void {
  const anyRare = createAnyNode(rare.map(({ node }) => node));
  for (const { node, set } of frequent.slice(0, Math.max(0, MAX_LOOKED_UP - rare.length)))
    addToSets(found, readPositions(db, request, [node, anyRare], { limit: MAX_RARE_ROWS }), set);
}

/** Sets of frequent pieces, the best first, as long as they may be better than what was found. */
function addFrequentSets(
  db: Sqlite,
  request: CandidateRequest,
  { frequent, getScore }: { frequent: readonly Piece[]; getScore: (set: PieceSet) => number },
  found: FoundSets,
): void {
  const subsets = listSubsets(frequent.slice(0, MAX_FREQUENT))
    .map((pieces) => ({ pieces, set: pieces.reduce((set, piece) => set | piece.set, 0) }))
    .sort((a, b) => getScore(b.set) - getScore(a.set) || b.pieces.length - a.pieces.length)
    .slice(0, MAX_SETS);
  for (const { pieces, set } of subsets) {
    if (countAtLeast(found, getScore, getScore(set)) >= request.limit) return;
    const nodes = pieces.map(({ node }) => node);
    const newest = readPositions(db, request, nodes, { limit: MAX_SET_ROWS + 1 });
    // The index ranks by the frequency of words in all prompts, which must not show to a caller with limits.
    const isLarge = newest.length > MAX_SET_ROWS && !request.filter.within;
    const positions =
      isLarge && countUpTo(db, compileNodes(db, request, nodes), MAX_RANKED_ROWS + 1) <= MAX_RANKED_ROWS
        ? readPositions(db, request, nodes, { limit: MAX_SET_ROWS, isRanked: true })
        : newest;
    addToSets(found, positions, set);
  }
}

/** How many of what was found have at least a score. */
function countAtLeast(found: FoundSets, getScore: (set: PieceSet) => number, score: number): number {
  let count = 0;
  for (const set of found.values()) if (getScore(set) >= score) count += 1;
  return count;
}

/** All but the empty one. */
export function listSubsets<Item>(items: readonly Item[]): Item[][] {
  return Array.from({ length: 2 ** items.length - 1 }, (_, at) =>
    items.filter((_item, index) => ((at + 1) >> index) & 1),
  );
}

function createNode({ variants }: ClosePiece): QueryNode {
  return createAnyNode(variants.map(({ node }) => node));
}

function createAnyNode(parts: readonly QueryNode[]): QueryNode {
  const [only] = parts;
  return parts.length === 1 && only ? only : { kind: 'or', parts };
}

export function readPositions(
  db: Sqlite,
  request: CandidateSearch,
  nodes: readonly QueryNode[],
  { limit, isRanked = false }: { limit: number; isRanked?: boolean },
): number[] {
  db.checkInterrupt?.();
  const { from, position, conditions } = compileNodes(db, request, nodes);
  const order = isRanked ? 'prompt_index.rank' : `${position} DESC`;
  return db.raw
    .prepare<unknown[], number>(
      `SELECT ${position} FROM ${from} ${buildWhereClause(conditions)} ORDER BY ${order} LIMIT ${limit}`,
    )
    .pluck()
    .all(...collectParams(conditions));
}

function compileNodes(
  db: Sqlite,
  { strict, filter, beforeMs, maxDisplacement }: CandidateSearch,
  nodes: readonly QueryNode[],
): { from: string; position: string; conditions: Condition[] } {
  const sql = compileSearch(db, createQuery([...nodes, ...strict]), filter, maxDisplacement);
  const bound = buildBound(sql.position, beforeMs, maxDisplacement);
  return { from: sql.countFrom, position: sql.position, conditions: [...sql.conditions, ...bound] };
}

/** Tasks created before a time: nearly all of them are known by their position, so that their rows need not be read. */
function buildBound(position: string, beforeMs: number | undefined, maxDisplacement: number): Condition[] {
  if (beforeMs === undefined) return [];
  const isEarlier = `${position} < CAST(? AS INTEGER)`;
  const wasCreatedBefore = `(SELECT own.created_at FROM tasks AS own WHERE own.position = ${position}) < ?`;
  return [
    ...buildTimeConditions({ toMs: beforeMs }, position, maxDisplacement),
    { sql: `(${isEarlier} OR ${wasCreatedBefore})`, params: [computeSlot(beforeMs), beforeMs] },
  ];
}
