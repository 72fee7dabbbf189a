/** Close matches: what comes near to a query, best first, after what matches it exactly. */

import { collectWantedText } from '../../../search/ast.ts';
import { assessCloseMatch, type CloseMatch } from '../../../search/close/assess.ts';
import { createClosePlan } from '../../../search/close/create-plan.ts';
import type { ClosePlan } from '../../../search/close/plan.ts';
import { type LoosePart, splitQuery } from '../../../search/close/split-query.ts';
import type { Cursor } from '../../../search/cursor.ts';
import { hasNode } from '../../../search/matches.ts';
import { MAX_RANKED_CHARACTERS } from '../../../search/ranking.ts';
import { extractTerms, type Term } from '../../../search/terms.ts';
import { CLOSE_LIMIT, type CloseRanking, type SearchRequest } from '../../contract/search.ts';
import type { Sqlite } from '../database.ts';
import { type CandidateRow, readCandidates } from './candidate-prompts.ts';
import { findCandidates } from './close-candidates.ts';
import { openVocabulary } from './open-vocabulary.ts';

/** Tasks that are looked at for CLOSE_LIMIT different prompts. */
const MAX_CANDIDATE_ROWS = 8 * CLOSE_LIMIT;
/** Prompts from which the average length is taken. */
const LENGTH_SAMPLE = 200;

export interface CloseRow extends CloseMatch {
  readonly position: number;
  readonly createdAt: number;
  readonly id: string;
}

export interface ClosePage {
  readonly rows: readonly CloseRow[];
  readonly next: Cursor | undefined;
  readonly ranking: CloseRanking;
}

/**
 * @param options.maxDisplacement how far a row's position may be above the slot of its time
 * @param options.without positions of tasks that match exactly although their prompts don't, by their notes
 */
export function findCloseMatches(
  db: Sqlite,
  request: SearchRequest,
  { maxDisplacement, without }: { maxDisplacement: number; without: ReadonlySet<number> },
): ClosePage {
  const { query, filter, after, limit, groupByPrompt, sort } = request;
  const { strict, loose } = splitQuery(query);
  if (loose.length === 0)
    return { rows: [], next: undefined, ranking: { total: 0, plan: { pieces: [] }, averageLength: 0 } };
  const toMs = after?.close?.toMs ?? findEnd(db, request);
  const plan =
    after?.close?.plan ?? createClosePlan(loose, openVocabulary(db, filter.within, maxDisplacement));
  const candidates = findCandidates(db, {
    plan,
    strict,
    filter,
    beforeMs: toMs,
    maxDisplacement,
    limit: MAX_CANDIDATE_ROWS,
    without,
  });
  const weighed = weighCandidates(
    db,
    { plan, loose, groupByPrompt: groupByPrompt ?? false },
    candidates,
    after?.close?.averageLength,
  );
  const sorted = weighed.rows.sort(compareRows);
  const last = after?.close?.last;
  const rest = last
    ? sorted.filter((row) => compareRows({ ...last, createdAt: after.createdAtMs }, row) < 0)
    : sorted;
  const strictLeaves = collectWantedText({ parts: strict });
  const rows = rest.slice(0, limit).map((row) => ({ ...row, leaves: [...strictLeaves, ...row.leaves] }));
  const ranking = { total: sorted.length, plan, averageLength: weighed.averageLength };
  if (rest.length === rows.length) return { rows, ranking, next: undefined };
  const end = rows.at(-1);
  const lastWeighed = end ? { score: end.score, key: end.key } : last;
  return {
    rows,
    ranking,
    next: {
      sort,
      createdAtMs: end?.createdAt ?? after?.createdAtMs ?? 0,
      id: end?.id ?? after?.id ?? '',
      close: {
        toMs,
        averageLength: weighed.averageLength,
        plan,
        ...(lastWeighed ? { last: lastWeighed } : {}),
      },
    },
  };
}

interface WeighedRow extends CloseRow {
  /** Identifies it among equal ones: the task, or the prompt. */
  readonly key: string;
}

/** A prompt among the candidates. */
interface ReadPrompt {
  readonly isExact: boolean;
  readonly terms: readonly Term[];
  /** The terms that count for its rank: those at its beginning. */
  readonly ranked: readonly Term[];
}

function weighCandidates(
  db: Sqlite,
  { plan, loose, groupByPrompt }: { plan: ClosePlan; loose: readonly LoosePart[]; groupByPrompt: boolean },
  positions: readonly number[],
  knownLength: number | undefined,
): { rows: WeighedRow[]; averageLength: number } {
  const { prompts, rows } = takeCandidates(db, { loose, groupByPrompt }, positions);
  const averageLength = knownLength ?? computeAverageLength([...prompts.values()]);
  const matches = new Map<string, CloseMatch>();
  for (const [hash, { terms, ranked }] of prompts) {
    const match = assessCloseMatch(plan, ranked, averageLength);
    // What stands far behind in a long prompt counts for the difference, not for the rank.
    const { difference, leaves } =
      terms.length > ranked.length ? assessCloseMatch(plan, terms, averageLength) : match;
    matches.set(hash, { score: match.score, difference, leaves });
  }
  const weighed = rows.flatMap((row) => {
    const match = matches.get(row.hash);
    return match && match.score > 0 ? [{ ...row, ...match, key: groupByPrompt ? row.hash : row.id }] : [];
  });
  return { rows: weighed, averageLength };
}

/** The first CLOSE_LIMIT candidates that don't match exactly, and the prompts of all that were read. */
function takeCandidates(
  db: Sqlite,
  { loose, groupByPrompt }: { loose: readonly LoosePart[]; groupByPrompt: boolean },
  positions: readonly number[],
): { prompts: Map<string, ReadPrompt>; rows: CandidateRow<ReadPrompt>[] } {
  const prompts = new Map<string, ReadPrompt>();
  const rows: CandidateRow<ReadPrompt>[] = [];
  const candidates = readCandidates(db, positions, {
    oncePerPrompt: groupByPrompt,
    parsePrompt: (prompt) => readPrompt(prompt, loose),
  });
  for (const row of candidates) {
    prompts.set(row.hash, row.prompt);
    if (!row.prompt.isExact) rows.push(row);
    if (rows.length >= CLOSE_LIMIT) break;
  }
  return { prompts, rows };
}

function readPrompt(prompt: string, loose: readonly LoosePart[]): ReadPrompt {
  const terms = extractTerms(prompt);
  return {
    isExact: loose.every(({ node }) => hasNode(node, terms)),
    terms,
    ranked:
      prompt.length > MAX_RANKED_CHARACTERS ? terms.filter(({ end }) => end <= MAX_RANKED_CHARACTERS) : terms,
  };
}

function computeAverageLength(prompts: readonly ReadPrompt[]): number {
  const sample = prompts.slice(0, LENGTH_SAMPLE);
  return sample.reduce((sum, { ranked }) => sum + ranked.length, 0) / Math.max(sample.length, 1);
}

/** Best first, then newest first. */
function compareRows(
  a: Pick<WeighedRow, 'score' | 'createdAt' | 'key'>,
  b: Pick<WeighedRow, 'score' | 'createdAt' | 'key'>,
): number {
  return b.score - a.score || b.createdAt - a.createdAt || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
}

/**
 * From when on tasks are not part of the pages, epoch milliseconds: now, or behind the newest task. To a caller with limits, the time
 * of that would tell of others' tasks.
 */
function findEnd({ raw }: Sqlite, { filter, nowMs }: SearchRequest): number {
  if (filter.within) return nowMs + 1;
  const newest = raw
    .prepare<[], { at: number | null }>(
      'SELECT max(created_at) AS at FROM (SELECT created_at FROM tasks INDEXED BY tasks_narrow ORDER BY position DESC LIMIT 1000)',
    )
    .get()?.at;
  return Math.max(nowMs, newest ?? 0) + 1;
}
