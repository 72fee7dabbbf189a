/** Close matches: what comes near to a query, best first, after what matches it exactly. */

import { collectWantedText, createQuery } from '../../../search/ast.ts';
import { assessCloseMatch, type CloseMatch } from '../../../search/close/assess.ts';
import { createClosePlan } from '../../../search/close/create-plan.ts';
import type { ClosePlan } from '../../../search/close/plan.ts';
import { type LoosePart, splitQuery } from '../../../search/close/split-query.ts';
import type { Cursor } from '../../../search/cursor.ts';
import { hasNode } from '../../../search/matches.ts';
import { MAX_RANKED_CHARACTERS } from '../../../search/ranking.ts';
import { createIndexEntry, extractTerms, type Term } from '../../../search/terms.ts';
import { getPrompt } from '../../../task/document.ts';
import type { TaskLimits } from '../../../task/limits.ts';
import { CLOSE_LIMIT, type SearchRequest, SUGGESTING_PROMPTS } from '../../contract/search.ts';
import { createSuggestionRequest } from '../../rules/suggest-within.ts';
import type { Sqlite } from '../database.ts';
import { buildWhereClause, collectParams } from '../filter-sql.ts';
import { findCandidates } from './close-candidates.ts';
import { compileSearch } from './search-sql.ts';
import { createVisibleVocabulary, createVocabulary } from './vocabulary.ts';

/** Tasks that are looked at for CLOSE_LIMIT different prompts. */
const MAX_CANDIDATE_ROWS = 8 * CLOSE_LIMIT;
/** Tasks of a caller with limits that are counted: weights need no more. */
const MAX_COUNTED = 10_000;
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
  readonly weighed: number;
}

/** @param maxDisplacement how far a row's position may be above the slot of its time */
export function findCloseMatches(db: Sqlite, request: SearchRequest, maxDisplacement: number): ClosePage {
  const { query, filter, after, limit, groupByPrompt, sort } = request;
  const { strict, loose } = splitQuery(query);
  if (loose.length === 0) return { rows: [], next: undefined, weighed: 0 };
  const toMs = after?.close?.toMs ?? readNewestMs(db, request.nowMs) + 1;
  const plan =
    after?.close?.plan ?? createClosePlan(loose, openVocabulary(db, filter.within, maxDisplacement));
  const candidates = findCandidates(db, {
    plan,
    strict,
    filter,
    beforeMs: toMs,
    maxDisplacement,
    limit: MAX_CANDIDATE_ROWS,
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
  const end = rows.at(-1);
  const hasMore = rest.length > rows.length;
  const close = { toMs, averageLength: weighed.averageLength, plan };
  return {
    rows,
    weighed: sorted.length,
    next: !hasMore
      ? undefined
      : {
          sort,
          createdAtMs: end?.createdAt ?? after?.createdAtMs ?? 0,
          id: end?.id ?? after?.id ?? '',
          close: { ...close, ...(end ? { last: { score: end.score, key: end.key } } : last ? { last } : {}) },
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
  const { prompts, rows } = readCandidates(db, { loose, groupByPrompt }, positions);
  const averageLength = knownLength ?? computeAverageLength([...prompts.values()]);
  const matches = new Map<string, CloseMatch>();
  for (const [hash, { terms, ranked }] of prompts) {
    const match = assessCloseMatch(plan, ranked, { averageLength });
    // What stands far behind in a long prompt counts for the difference, not for the rank.
    const { difference, leaves } =
      terms.length > ranked.length ? assessCloseMatch(plan, terms, { averageLength }) : match;
    matches.set(hash, { score: match.score, difference, leaves });
  }
  const weighed = rows.flatMap((row) => {
    const match = matches.get(row.hash);
    return match && match.score > 0 ? [{ ...row, ...match, key: groupByPrompt ? row.hash : row.id }] : [];
  });
  return { rows: weighed, averageLength };
}

interface CandidateRow {
  readonly position: number;
  readonly createdAt: number;
  readonly id: string;
  readonly hash: string;
}

/** The first CLOSE_LIMIT candidates that don't match exactly, and their prompts. */
function readCandidates(
  { raw, checkInterrupt }: Sqlite,
  { loose, groupByPrompt }: { loose: readonly LoosePart[]; groupByPrompt: boolean },
  positions: readonly number[],
): { prompts: Map<string, ReadPrompt>; rows: CandidateRow[] } {
  const select = raw.prepare<[number], Omit<CandidateRow, 'position'>>(
    `SELECT created_at AS createdAt, id, hex(prompt_hash) AS hash FROM tasks WHERE position = CAST(? AS INTEGER)`,
  );
  const selectDocument = raw
    .prepare<[number], string>('SELECT document FROM tasks WHERE position = CAST(? AS INTEGER)')
    .pluck();
  const prompts = new Map<string, ReadPrompt>();
  const rows: CandidateRow[] = [];
  for (const position of positions) {
    if (rows.length >= CLOSE_LIMIT) break;
    checkInterrupt?.();
    const row = select.get(position);
    if (!row || (groupByPrompt && prompts.has(row.hash))) continue;
    const prompt =
      prompts.get(row.hash) ?? readPrompt(getPrompt(selectDocument.get(position) ?? '{}'), loose);
    prompts.set(row.hash, prompt);
    if (!prompt.isExact) rows.push({ position, ...row });
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

/** The creation time of the newest task, epoch milliseconds; at least the current time. */
function readNewestMs({ raw }: Sqlite, nowMs: number): number {
  const newest = raw
    .prepare<[], { at: number | null }>(
      'SELECT max(created_at) AS at FROM (SELECT created_at FROM tasks INDEXED BY tasks_narrow ORDER BY position DESC LIMIT 1000)',
    )
    .get()?.at;
  return Math.max(nowMs, newest ?? 0);
}

function openVocabulary(db: Sqlite, limits: TaskLimits | undefined, maxDisplacement: number) {
  if (!limits) return createVocabulary(db);
  const count = (parts: SearchRequest['query']['parts']) => {
    const sql = compileSearch(db, createQuery(parts), { within: limits }, maxDisplacement);
    return (
      db.raw
        .prepare<unknown[], number>(
          `SELECT count(*) FROM (SELECT 1 FROM ${sql.countFrom} ${buildWhereClause(sql.conditions)} LIMIT ${MAX_COUNTED})`,
        )
        .pluck()
        .get(...collectParams(sql.conditions)) ?? 0
    );
  };
  const listWords = () => {
    const { query, filter } = createSuggestionRequest(limits, '');
    const sql = compileSearch(db, { ...query, parts: [] }, filter, maxDisplacement);
    const documents = db.raw
      .prepare<unknown[], string>(
        `SELECT tasks.document FROM ${sql.from} ${buildWhereClause(sql.conditions)} ORDER BY tasks.position DESC LIMIT ${SUGGESTING_PROMPTS}`,
      )
      .pluck()
      .all(...collectParams(sql.conditions));
    const uses = new Map<string, number>();
    for (const document of documents)
      for (const word of createIndexEntry(getPrompt(document)).words)
        uses.set(word, (uses.get(word) ?? 0) + 1);
    return Array.from(uses, ([word, n]) => ({ word, uses: n })).sort(
      (a, b) => b.uses - a.uses || (a.word < b.word ? -1 : 1),
    );
  };
  return createVisibleVocabulary({ total: count([]), count: (node) => count([node]), listWords });
}
