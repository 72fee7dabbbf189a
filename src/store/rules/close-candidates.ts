/**
 * Finds the tasks that have most of a plan, by weight, without reading their prompts: the lists of the rarer pieces are added up,
 * and frequent ones are looked up among those. What has only frequent pieces is found by asking for several at once.
 */
import type { QueryNode } from '../../search/ast.ts';
import { type ClosePiece, type ClosePlan, getPieceWeight } from '../../search/close/plan.ts';
import { computeTermScore } from '../../search/ranking.ts';
import type { Questions } from './questions.ts';
import { createSetScores, type PieceSet } from './set-scores.ts';
import { listSubsets } from './subsets.ts';

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

export interface CandidateRequest {
  readonly plan: ClosePlan;
  /** How many are needed. */
  readonly limit: number;
  /** Keys of tasks that are no candidates. */
  readonly without?: ReadonlySet<number>;
  /** Whether the caller has limits: then the index must not rank, because it counts words in all prompts. */
  readonly isLimited: boolean;
  /** The order of keys: newest first. */
  compareKeys(a: number, b: number): number;
}

/** What an engine answers. */
export type CandidateQuestion =
  /** Keys of the tasks that have all nodes, in any order; undefined if there are more than `limit`. */
  | { readonly of: 'all'; readonly nodes: readonly QueryNode[]; readonly limit: number }
  /** Of those only so many: the newest, or the best ones by the words alone. */
  | { readonly of: 'newest' | 'best'; readonly nodes: readonly QueryNode[]; readonly limit: number }
  /** How many tasks have all nodes, at most `limit`, as the only answer. */
  | { readonly of: 'count'; readonly nodes: readonly QueryNode[]; readonly limit: number }
  /** How many terms the search row of each task has; NaN if it is gone. */
  | { readonly of: 'lengths'; readonly keys: readonly number[] };

export type CandidateAnswer = readonly number[] | undefined;

type Search<Result> = Questions<CandidateQuestion, CandidateAnswer, Result>;

interface Piece {
  readonly node: QueryNode;
  readonly weight: number;
  /** The piece alone. */
  readonly set: PieceSet;
}

/** What the prompts have that were found, by key. */
type FoundSets = Map<number, PieceSet>;

type GetScore = (set: PieceSet) => number;

/** @returns the keys of the candidates, those that are likely to be the best first */
export function* findCandidates(request: CandidateRequest): Search<number[]> {
  const { plan, limit, compareKeys } = request;
  const pieces = plan.pieces
    .map((piece, at): Piece => ({ node: createNode(piece), weight: getPieceWeight(piece), set: 1 << at }))
    .filter((_, at) => (plan.pieces[at]?.variants.length ?? 0) > 0)
    .sort((a, b) => b.weight - a.weight);
  const getScore = createSetScores(plan);
  const found: FoundSets = new Map();
  const rare = yield* addRarePieces(pieces, found);
  const frequent = pieces.filter((piece) => !rare.includes(piece));
  if (rare.length > 0) yield* addFrequentAmong({ rare, frequent }, found);
  yield* addFrequentSets(request, { frequent, getScore }, found);
  for (const key of request.without ?? []) found.delete(key);
  const best = [...found.keys()]
    .sort((a, b) => getScore(found.get(b) ?? 0) - getScore(found.get(a) ?? 0) || compareKeys(a, b))
    .slice(0, limit);
  return yield* sortByLikelyScore(best, (key) => getScore(found.get(key) ?? 0), compareKeys);
}

function* readKeys(
  of: 'newest' | 'best',
  nodes: readonly QueryNode[],
  limit: number,
): Search<readonly number[]> {
  return (yield { of, nodes, limit }) ?? [];
}

function addToSets(found: FoundSets, keys: readonly number[], set: PieceSet): void {
  for (const key of keys) found.set(key, (found.get(key) ?? 0) | set);
}

/** @returns the pieces whose lists were read */
function* addRarePieces(pieces: readonly Piece[], found: FoundSets): Search<Piece[]> {
  const rare: Piece[] = [];
  let left = MAX_RARE_ROWS;
  for (const piece of pieces) {
    const keys = yield { of: 'all', nodes: [piece.node], limit: left };
    if (!keys) break; // the following ones are more frequent
    left -= keys.length;
    addToSets(found, keys, piece.set);
    rare.push(piece);
  }
  return rare;
}

function* addFrequentAmong(
  { rare, frequent }: { rare: readonly Piece[]; frequent: readonly Piece[] },
  found: FoundSets,
): Search<void> {
  const anyRare = createAnyNode(rare.map(({ node }) => node));
  for (const { node, set } of frequent.slice(0, Math.max(0, MAX_LOOKED_UP - rare.length)))
    addToSets(found, (yield { of: 'all', nodes: [node, anyRare], limit: MAX_RARE_ROWS }) ?? [], set);
}

/** Sets of frequent pieces, the best first, as long as they may be better than what was found. */
function* addFrequentSets(
  { limit, isLimited }: CandidateRequest,
  { frequent, getScore }: { frequent: readonly Piece[]; getScore: GetScore },
  found: FoundSets,
): Search<void> {
  const subsets = listSubsets(frequent.slice(0, MAX_FREQUENT))
    .map((pieces) => ({ pieces, set: pieces.reduce((set, piece) => set | piece.set, 0) }))
    .sort((a, b) => getScore(b.set) - getScore(a.set) || b.pieces.length - a.pieces.length)
    .slice(0, MAX_SETS);
  for (const { pieces, set } of subsets) {
    if (countAtLeast(found, getScore, getScore(set)) >= limit) return;
    const nodes = pieces.map(({ node }) => node);
    const newest = yield* readKeys('newest', nodes, MAX_SET_ROWS + 1);
    const isLarge = newest.length > MAX_SET_ROWS && !isLimited;
    addToSets(found, isLarge && (yield* isRankable(nodes)) ? yield* readBest(nodes) : newest, set);
  }
}

function* isRankable(nodes: readonly QueryNode[]): Search<boolean> {
  const [count = 0] = (yield { of: 'count', nodes, limit: MAX_RANKED_ROWS + 1 }) ?? [];
  return count <= MAX_RANKED_ROWS;
}

function readBest(nodes: readonly QueryNode[]): Search<readonly number[]> {
  return readKeys('best', nodes, MAX_SET_ROWS);
}

/** Best first: of prompts that have the same, the shortest; the newest are no better than older ones. */
function* sortByLikelyScore(
  keys: readonly number[],
  getScore: (key: number) => number,
  compareKeys: CandidateRequest['compareKeys'],
): Search<number[]> {
  const lengths = (yield { of: 'lengths', keys }) ?? [];
  const known = lengths.filter((length) => !Number.isNaN(length));
  const averageLength = known.reduce((sum, length) => sum + length, 0) / Math.max(known.length, 1);
  return keys
    .map((key, at) => {
      const length = lengths[at] ?? Number.NaN;
      const termScore = computeTermScore(1, Number.isNaN(length) ? averageLength : length, averageLength);
      return { key, score: getScore(key) * termScore };
    })
    .sort((a, b) => b.score - a.score || compareKeys(a.key, b.key))
    .map(({ key }) => key);
}

/** How many of what was found have at least a score. */
function countAtLeast(found: FoundSets, getScore: GetScore, score: number): number {
  let count = 0;
  for (const set of found.values()) if (getScore(set) >= score) count += 1;
  return count;
}

function createNode({ variants }: ClosePiece): QueryNode {
  return createAnyNode(variants.map(({ node }) => node));
}

function createAnyNode(parts: readonly QueryNode[]): QueryNode {
  const [only] = parts;
  return parts.length === 1 && only ? only : { kind: 'or', parts };
}
