/** Answers what is asked of the index while candidates for close matches are found (see rules/close-candidates.ts). */
import { createQuery, type QueryNode } from '../../../search/ast.ts';
import type { ClosePlan } from '../../../search/close/plan.ts';
import type { TaskFilter } from '../../contract/tasks.ts';
import {
  type CandidateAnswer,
  type CandidateQuestion,
  findCandidates as find,
} from '../../rules/close-candidates.ts';
import { answerLater } from '../../rules/questions.ts';
import { numberParams } from '../conditions.ts';
import type { Snapshot } from '../snapshot.ts';
import { type FoundArtifacts, findArtifacts } from './artifacts.ts';
import { buildMatches } from './matches-sql.ts';
import { compileSearch, type SearchSql } from './search-sql.ts';
import {
  countHits,
  createFrequencyCheck,
  findHits,
  type Hits,
  readAnyHits,
  type TimedKeys,
  type TimedRow,
} from './time-search.ts';

/** Where candidates are looked for. */
export interface CandidateSearch {
  readonly strict: readonly QueryNode[];
  readonly filter: TaskFilter;
  /** Only tasks created before, epoch milliseconds: later ones would change the pages of a search in progress. */
  readonly beforeMs?: number;
}

export interface CandidateRequest extends CandidateSearch {
  readonly plan: ClosePlan;
  /** How many are needed. */
  readonly limit: number;
  /** Keys of tasks that are no candidates. */
  readonly without?: ReadonlySet<number>;
}

/** @returns the keys of the candidates, those that are likely to be the best first */
export async function findCandidates(snapshot: Snapshot, request: CandidateRequest): Promise<number[]> {
  const { plan, limit, without, filter } = request;
  const { answer, getTime } = await createCandidateReader(snapshot, request);
  const work = find({
    ...{ plan, limit, isLimited: filter.within !== undefined },
    compareKeys: (a, b) => getTime(b) - getTime(a) || b - a,
    ...(without ? { without } : {}),
  });
  return answerLater(work, answer);
}

export interface CandidateReader {
  readonly answer: (question: CandidateQuestion) => Promise<CandidateAnswer>;
  /** When a task was created that was in an answer. */
  getTime(key: number): number;
}

export async function createCandidateReader(
  snapshot: Snapshot,
  search: CandidateSearch,
): Promise<CandidateReader> {
  const artifacts = await findArtifacts(snapshot, { parts: search.strict });
  const isFrequent = createFrequencyCheck(snapshot);
  const times = new Map<number, number>();
  return {
    getTime: (key) => times.get(key) ?? 0,
    answer: async (question) => {
      if (question.of === 'lengths') return readLengths(snapshot, question.keys);
      const sql = compileNodes(search, artifacts, question.nodes);
      const hits = createHits(sql);
      if (question.of === 'count') {
        const isMore = await isFrequent(hits, question.limit);
        return [isMore ? question.limit : await countHits(snapshot, hits, question.limit)];
      }
      if (question.of === 'all' && (await isFrequent(hits, question.limit))) return undefined;
      const found = await readKeys(snapshot, hits, question);
      if (question.of === 'all' && found.keys.length > question.limit) return undefined;
      for (const [at, key] of found.keys.entries()) times.set(key, found.times[at] ?? 0);
      return found.keys;
    },
  };
}

function compileNodes(
  { strict, filter, beforeMs }: CandidateSearch,
  artifacts: FoundArtifacts,
  nodes: readonly QueryNode[],
): SearchSql {
  const toMs = Math.min(filter.toMs ?? Number.POSITIVE_INFINITY, beforeMs ?? Number.POSITIVE_INFINITY);
  const bounded = toMs === Number.POSITIVE_INFINITY ? filter : { ...filter, toMs };
  return compileSearch(createQuery([...nodes, ...strict]), bounded, artifacts);
}

async function readKeys(
  snapshot: Snapshot,
  hits: Hits,
  { of, limit }: Exclude<CandidateQuestion, { of: 'count' | 'lengths' }>,
): Promise<TimedKeys> {
  if (of === 'all') return readAnyHits(snapshot, hits, limit + 1);
  const rows = await (of === 'best'
    ? readShortest(snapshot, hits.sql, limit)
    : findHits(snapshot, hits, { direction: 'newest', limit }));
  return { keys: rows.map(({ task }) => task), times: rows.map(({ createdAt }) => createdAt) };
}

function createHits(sql: SearchSql): Hits {
  return { sql, conditions: sql.conditions, isGrouped: false };
}

/** The shortest prompts: of those with the same words they are the best. */
function readShortest(snapshot: Snapshot, sql: SearchSql, limit: number): Promise<TimedRow[]> {
  const { from, where, params } = buildMatches(sql);
  return snapshot.query<TimedRow>(
    numberParams(
      `SELECT tasks.arrival AS task, tasks.created_at AS "createdAt", tasks.id AS id ${from} ${where}
       ORDER BY octet_length(prompts.terms), tasks.created_at DESC, tasks.id DESC LIMIT ?::bigint`,
    ),
    [...params, limit],
  );
}

/** The number of terms of each search row. */
async function readLengths(snapshot: Snapshot, keys: readonly number[]): Promise<number[]> {
  const rows = await snapshot.query<{ task: number; n: number }>(
    `SELECT task, char_length(terms) - char_length(replace(terms, ' ', '')) - 1 AS n
     FROM prompts WHERE task = ANY($1::bigint[])`,
    [keys],
  );
  const lengths = new Map(rows.map(({ task, n }) => [task, n]));
  return keys.map((key) => lengths.get(key) ?? Number.NaN);
}
