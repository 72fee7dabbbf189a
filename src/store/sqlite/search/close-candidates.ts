/** Answers what is asked of the index while candidates for close matches are found (see rules/close-candidates.ts). */
import { createQuery, type QueryNode } from '../../../search/ast.ts';
import type { ClosePlan } from '../../../search/close/plan.ts';
import type { TaskFilter } from '../../contract/tasks.ts';
import {
  type CandidateAnswer,
  type CandidateQuestion,
  findCandidates as find,
} from '../../rules/close-candidates.ts';
import { answerNow } from '../../rules/questions.ts';
import type { Sqlite } from '../database.ts';
import { buildTimeConditions, buildWhereClause, type Condition, collectParams } from '../filter-sql.ts';
import { computeSlot } from '../position.ts';
import { countUpTo } from './count-up-to.ts';
import { compileSearch } from './search-sql.ts';

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

/** @returns the positions of the candidates, those that are likely to be the best first */
export function findCandidates(db: Sqlite, request: CandidateRequest): number[] {
  const { plan, limit, without, filter } = request;
  const work = find({
    ...{ plan, limit, isLimited: filter.within !== undefined, compareKeys: (a, b) => b - a },
    ...(without ? { without } : {}),
  });
  return answerNow(work, (question) => answerQuestion(db, request, question));
}

/** @returns positions, or what is asked of them */
export function answerQuestion(
  db: Sqlite,
  search: CandidateSearch,
  question: CandidateQuestion,
): CandidateAnswer {
  db.checkInterrupt?.();
  switch (question.of) {
    case 'all': {
      const positions = readPositions(db, search, { ...question, limit: question.limit + 1 });
      return positions.length > question.limit ? undefined : positions;
    }
    case 'newest':
    case 'best':
      return readPositions(db, search, question);
    case 'count':
      return [countUpTo(db, compileNodes(db, search, question.nodes), question.limit)];
    case 'lengths':
      return readLengths(db, question.keys);
  }
}

function readPositions(
  db: Sqlite,
  search: CandidateSearch,
  { of, nodes, limit }: Exclude<CandidateQuestion, { of: 'lengths' }>,
): number[] {
  const { from, position, conditions } = compileNodes(db, search, nodes);
  const order = of === 'best' ? 'prompt_index.rank' : `${position} DESC`;
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

/** The number of terms of each prompt, which FTS5 stores (https://sqlite.org/fts5.html#fts5_shadow_tables). */
function readLengths({ raw }: Sqlite, positions: readonly number[]): number[] {
  const rows = raw
    .prepare<[string], { position: number; size: string }>(
      `SELECT sizes.id AS position, hex(sizes.sz) AS size
       FROM json_each(?) AS wanted CROSS JOIN prompt_index_docsize AS sizes ON sizes.id = wanted.value`,
    )
    .all(JSON.stringify(positions));
  const lengths = new Map(rows.map(({ position, size }) => [position, decodeVarint(size)]));
  return positions.map((position) => lengths.get(position) ?? Number.NaN);
}

/** Seven bits a byte, the highest first (https://sqlite.org/fileformat2.html#varint). */
function decodeVarint(hex: string): number {
  return Buffer.from(hex, 'hex').reduce((value, byte) => value * 128 + (byte & 127), 0);
}
