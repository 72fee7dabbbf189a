/** Close matches, best first: what is weighed of the candidates, and the page and cursor that come of it. */
import { collectWantedText, type QueryNode } from '../../search/ast.ts';
import { assessCloseMatch, type CloseMatch } from '../../search/close/assess.ts';
import type { ClosePlan } from '../../search/close/plan.ts';
import type { LoosePart } from '../../search/close/split-query.ts';
import type { Cursor } from '../../search/cursor.ts';
import { hasNode } from '../../search/matches.ts';
import { MAX_RANKED_CHARACTERS } from '../../search/ranking.ts';
import { extractTerms, type Term } from '../../search/terms.ts';
import { CLOSE_LIMIT, type CloseHit, type CloseRanking, type SearchRequest } from '../contract/search.ts';
import type { Timed } from './time-page.ts';

/** Tasks that are looked at for CLOSE_LIMIT different prompts. */
export const MAX_CANDIDATE_ROWS = 8 * CLOSE_LIMIT;
/** Prompts from which the average length is taken. */
const LENGTH_SAMPLE = 200;

/** A prompt among the candidates. */
export interface ClosePrompt {
  readonly isExact: boolean;
  readonly terms: readonly Term[];
  /** The terms that count for its rank: those at its beginning. */
  readonly ranked: readonly Term[];
}

export interface CloseCandidate extends Timed {
  /** Of its prompt. */
  readonly hash: string;
  readonly prompt: ClosePrompt;
}

export interface ClosePage<Row> {
  readonly rows: readonly (Row & CloseMatch)[];
  readonly next: Cursor | undefined;
  readonly ranking: CloseRanking;
}

/** Of a query that has no words that a match may lack. */
export const NO_CLOSE_MATCHES: ClosePage<never> = {
  rows: [],
  next: undefined,
  ranking: { total: 0, plan: { pieces: [] }, averageLength: 0 },
};

export function readClosePrompt(prompt: string, loose: readonly LoosePart[]): ClosePrompt {
  const terms = extractTerms(prompt);
  return {
    isExact: loose.every(({ node }) => hasNode(node, terms)),
    terms,
    ranked:
      prompt.length > MAX_RANKED_CHARACTERS ? terms.filter(({ end }) => end <= MAX_RANKED_CHARACTERS) : terms,
  };
}

export interface CollectedCandidates<Row> {
  /** Of all that were read. */
  readonly prompts: ReadonlyMap<string, ClosePrompt>;
  /** The first CLOSE_LIMIT that don't match exactly. */
  readonly rows: readonly Row[];
  /** @returns whether more are wanted */
  add(row: Row): boolean;
}

export function createCandidateCollection<Row extends CloseCandidate>(): CollectedCandidates<Row> {
  const prompts = new Map<string, ClosePrompt>();
  const rows: Row[] = [];
  return {
    prompts,
    rows,
    add: (row) => {
      prompts.set(row.hash, row.prompt);
      if (!row.prompt.isExact) rows.push(row);
      return rows.length < CLOSE_LIMIT;
    },
  };
}

interface RankedBy {
  readonly plan: ClosePlan;
  /** What every match has. */
  readonly strict: readonly QueryNode[];
  /** Only tasks created before are part of the pages, epoch milliseconds. */
  readonly toMs: number;
}

type Weighed<Row> = Row &
  CloseMatch & {
    /** Identifies it among equal ones: the task, or the prompt. */
    readonly key: string;
  };

export function takeClosePage<Row extends CloseCandidate>(
  { prompts, rows: candidates }: Pick<CollectedCandidates<Row>, 'prompts' | 'rows'>,
  { after, limit, groupByPrompt = false, sort }: SearchRequest,
  { plan, strict, toMs }: RankedBy,
): ClosePage<Row> {
  const averageLength = after?.close?.averageLength ?? computeAverageLength([...prompts.values()]);
  const matches = weighPrompts(prompts, plan, averageLength);
  const sorted = candidates
    .flatMap((row): Weighed<Row>[] => {
      const match = matches.get(row.hash);
      return match && match.score > 0 ? [{ ...row, ...match, key: groupByPrompt ? row.hash : row.id }] : [];
    })
    .sort(compareRows);
  const last = after?.close?.last;
  const rest = last
    ? sorted.filter((row) => compareRows({ ...last, createdAt: after.createdAtMs }, row) < 0)
    : sorted;
  const strictLeaves = collectWantedText({ parts: strict });
  const rows = rest.slice(0, limit).map((row) => ({ ...row, leaves: [...strictLeaves, ...row.leaves] }));
  const ranking = { total: sorted.length, plan, averageLength };
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
      close: { toMs, averageLength, plan, ...(lastWeighed ? { last: lastWeighed } : {}) },
    },
  };
}

/** What is told of a close match. */
export function describeCloseHit({ difference, leaves, score }: CloseHit): CloseHit {
  return { difference, leaves, score };
}

function weighPrompts(
  prompts: ReadonlyMap<string, ClosePrompt>,
  plan: ClosePlan,
  averageLength: number,
): ReadonlyMap<string, CloseMatch> {
  const matches = new Map<string, CloseMatch>();
  for (const [hash, { terms, ranked }] of prompts) {
    const match = assessCloseMatch(plan, ranked, averageLength);
    // What stands far behind in a long prompt counts for the difference, not for the rank.
    const { difference, leaves } =
      terms.length > ranked.length ? assessCloseMatch(plan, terms, averageLength) : match;
    matches.set(hash, { score: match.score, difference, leaves });
  }
  return matches;
}

function computeAverageLength(prompts: readonly ClosePrompt[]): number {
  const sample = prompts.slice(0, LENGTH_SAMPLE);
  return sample.reduce((sum, { ranked }) => sum + ranked.length, 0) / Math.max(sample.length, 1);
}

/** Best first, then newest first. */
function compareRows(
  a: { readonly score: number; readonly createdAt: number; readonly key: string },
  b: { readonly score: number; readonly createdAt: number; readonly key: string },
): number {
  return b.score - a.score || b.createdAt - a.createdAt || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
}
