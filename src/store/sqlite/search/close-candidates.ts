/**
 * Finds the tasks that have most of a plan, by weight, without reading their prompts: the lists of the rarer pieces are added up,
 * and frequent ones are looked up among those. What has only frequent pieces is found by asking for several at once.
 */
import { createQuery, type QueryNode } from '../../../search/ast.ts';
import { applyCoverage } from '../../../search/close/assess.ts';
import { type ClosePiece, type ClosePlan, getPieceWeight } from '../../../search/close/plan.ts';
import { computeTermScore } from '../../../search/ranking.ts';
import type { TaskFilter } from '../../contract/tasks.ts';
import type { Sqlite } from '../database.ts';
import { buildTimeConditions, buildWhereClause, type Condition, collectParams } from '../filter-sql.ts';
import { computeSlot } from '../position.ts';
import { compileSearch } from './search-sql.ts';

/** Rows of the index that are read for the rarer pieces. */
const MAX_RARE_ROWS = 20_000;
/** Rows that are taken of one set of frequent pieces. */
const MAX_SET_ROWS = 1000;
/** A larger set is not ranked, but read from the newest on. */
const MAX_RANKED_ROWS = 30_000;
/** Sets of frequent pieces that are asked for. */
const MAX_SETS = 12;
/** Frequent pieces that sets are made of. */
const MAX_FREQUENT = 6;

export interface Candidate {
  readonly position: number;
  /** The weight of the pieces that its prompt has. */
  readonly weight: number;
}

export interface CandidateRequest {
  readonly plan: ClosePlan;
  readonly strict: readonly QueryNode[];
  readonly filter: TaskFilter;
  /** Only tasks created before, epoch milliseconds: later ones would change the pages of a search in progress. */
  readonly beforeMs: number;
  readonly maxDisplacement: number;
  /** How many are needed. */
  readonly limit: number;
}

/** The candidates, by weight, then newest first. */
export function findCandidates(db: Sqlite, request: CandidateRequest): Candidate[] {
  const { plan, limit } = request;
  const pieces = plan.pieces
    .filter(({ variants }) => variants.length > 0)
    .sort((a, b) => getPieceWeight(b) - getPieceWeight(a));
  const weights = new Map<number, number>();
  const rare = addRarePieces(db, request, pieces, weights);
  const frequent = pieces.filter((piece) => !rare.includes(piece));
  if (rare.length > 0) addFrequentAmong(db, request, { rare, frequent }, weights);
  addFrequentSets(db, request, frequent, weights);
  const found = Array.from(weights, ([position, weight]) => ({ position, weight }));
  found.sort(compareCandidates);
  const total = pieces.reduce((sum, piece) => sum + getPieceWeight(piece), 0);
  return sortByLikelyScore(db, found.slice(0, limit), total);
}

/**
 * Best first, as far as the length of a prompt and the weight of its pieces tell: the newest of many with the same pieces are
 * no better than older ones.
 */
function sortByLikelyScore(db: Sqlite, candidates: readonly Candidate[], totalWeight: number): Candidate[] {
  const lengths = readLengths(db, candidates);
  const sum = [...lengths.values()].reduce((total, length) => total + length, 0);
  const averageLength = sum / Math.max(lengths.size, 1);
  const likelyScores = new Map(
    candidates.map(({ position, weight }) => {
      const coverage = weight / Math.max(totalWeight, weight);
      const score = computeTermScore(1, lengths.get(position) ?? averageLength, averageLength);
      return [position, applyCoverage(weight * score, coverage)];
    }),
  );
  const getScore = ({ position }: Candidate) => likelyScores.get(position) ?? 0;
  return [...candidates].sort((a, b) => getScore(b) - getScore(a) || compareCandidates(a, b));
}

/** The number of terms of each prompt, which FTS5 stores as a variable-length integer (https://sqlite.org/fts5.html#fts5_shadow_tables). */
function readLengths({ raw }: Sqlite, candidates: readonly Candidate[]): Map<number, number> {
  const rows = raw
    .prepare<[string], { position: number; size: string }>(
      `SELECT sizes.id AS position, hex(sizes.sz) AS size
       FROM json_each(?) AS wanted CROSS JOIN prompt_index_docsize AS sizes ON sizes.id = wanted.value`,
    )
    .all(JSON.stringify(candidates.map(({ position }) => position)));
  return new Map(rows.map(({ position, size }) => [position, decodeVarint(size)]));
}

/** Seven bits a byte, the highest first. */
function decodeVarint(hex: string): number {
  let value = 0;
  for (let at = 0; at < hex.length; at += 2)
    value = value * 128 + (Number.parseInt(hex.slice(at, at + 2), 16) & 127);
  return value;
}

function compareCandidates(a: Candidate, b: Candidate): number {
  return b.weight - a.weight || b.position - a.position;
}

/** @returns the pieces whose lists were read */
function addRarePieces(
  db: Sqlite,
  request: CandidateRequest,
  pieces: readonly ClosePiece[],
  weights: Map<number, number>,
): ClosePiece[] {
  const rare: ClosePiece[] = [];
  let left = MAX_RARE_ROWS;
  for (const piece of pieces) {
    const positions = readPositions(db, request, [createNode(piece)], { limit: left + 1 });
    if (positions.length > left) break; // the following ones are more frequent
    left -= positions.length;
    for (const position of positions)
      weights.set(position, (weights.get(position) ?? 0) + getPieceWeight(piece));
    rare.push(piece);
  }
  return rare;
}

function addFrequentAmong(
  db: Sqlite,
  request: CandidateRequest,
  { rare, frequent }: { rare: readonly ClosePiece[]; frequent: readonly ClosePiece[] },
  weights: Map<number, number>,
): void {
  const anyRare = createAnyNode(rare.map(createNode));
  for (const piece of frequent)
    for (const position of readPositions(db, request, [createNode(piece), anyRare], { limit: MAX_RARE_ROWS }))
      weights.set(position, (weights.get(position) ?? 0) + getPieceWeight(piece));
}

/** Sets of frequent pieces, the heaviest first, as long as they may be better than what was found. */
function addFrequentSets(
  db: Sqlite,
  request: CandidateRequest,
  frequent: readonly ClosePiece[],
  weights: Map<number, number>,
): void {
  const pieces = frequent.slice(0, MAX_FREQUENT);
  const sets = listSubsets(pieces)
    .map((set) => ({ set, weight: set.reduce((sum, piece) => sum + getPieceWeight(piece), 0) }))
    .sort((a, b) => b.weight - a.weight || b.set.length - a.set.length)
    .slice(0, MAX_SETS);
  for (const { set, weight } of sets) {
    if (findThreshold(weights, request.limit) >= weight) return;
    const nodes = set.map(createNode);
    const newest = readPositions(db, request, nodes, { limit: MAX_SET_ROWS + 1 });
    const isLarge = newest.length > MAX_SET_ROWS;
    const positions =
      isLarge && countPositions(db, request, nodes, MAX_RANKED_ROWS + 1) <= MAX_RANKED_ROWS
        ? readPositions(db, request, nodes, { limit: MAX_SET_ROWS, isRanked: true })
        : newest;
    for (const position of positions) weights.set(position, Math.max(weights.get(position) ?? 0, weight));
  }
}

/** The weight of the last candidate that would be taken. */
function findThreshold(weights: ReadonlyMap<number, number>, limit: number): number {
  if (weights.size < limit) return 0;
  const sorted = Float64Array.from(weights.values()).sort();
  return sorted[sorted.length - limit] ?? 0;
}

function listSubsets<Item>(items: readonly Item[]): Item[][] {
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

function readPositions(
  db: Sqlite,
  request: CandidateRequest,
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

function countPositions(
  db: Sqlite,
  request: CandidateRequest,
  nodes: readonly QueryNode[],
  limit: number,
): number {
  const { from, conditions } = compileNodes(db, request, nodes);
  const count = db.raw
    .prepare<unknown[], number>(
      `SELECT count(*) FROM (SELECT 1 FROM ${from} ${buildWhereClause(conditions)} LIMIT ${limit})`,
    )
    .pluck()
    .get(...collectParams(conditions));
  return count ?? 0;
}

function compileNodes(
  db: Sqlite,
  { strict, filter, beforeMs, maxDisplacement }: CandidateRequest,
  nodes: readonly QueryNode[],
): { from: string; position: string; conditions: Condition[] } {
  const sql = compileSearch(db, createQuery([...nodes, ...strict]), filter, maxDisplacement);
  const bound = buildBound(sql.position, beforeMs, maxDisplacement);
  return { from: sql.countFrom, position: sql.position, conditions: [...sql.conditions, ...bound] };
}

/** Tasks created before a time: nearly all of them are known by their position, so that their rows need not be read. */
function buildBound(position: string, beforeMs: number, maxDisplacement: number): Condition[] {
  const isEarlier = `${position} < CAST(? AS INTEGER)`;
  const wasCreatedBefore = `(SELECT own.created_at FROM tasks AS own WHERE own.position = ${position}) < ?`;
  return [
    ...buildTimeConditions({ toMs: beforeMs }, position, maxDisplacement),
    { sql: `(${isEarlier} OR ${wasCreatedBefore})`, params: [computeSlot(beforeMs), beforeMs] },
  ];
}
