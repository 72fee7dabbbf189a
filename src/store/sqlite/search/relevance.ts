/** Relevance within a window of matches: the index statistics that BM25 needs, in bounded time. */

import { collectWantedText, type Query, type TextNode } from '../../../search/ast.ts';
import { computeIdf, type RankingBasis, score } from '../../../search/ranking.ts';
import type { Term } from '../../../search/terms.ts';
import { getPrompt } from '../../../task/document.ts';
import { RANKING_LIMIT, type SearchRequest } from '../../contract/search.ts';
import {
  countNewest,
  countOlder,
  getEdgeOfNewest,
  joinWindow,
  type Scored,
  takeRankedPage,
} from '../../rules/ranking-window.ts';
import {
  computeIdfsWithin,
  computeRankedLength,
  estimateMatches,
  extractRankedTerms,
  LENGTH_SAMPLE,
  SAMPLE_SIZE,
} from '../../rules/relevance.ts';
import type { RowPage } from '../../rules/time-page.ts';
import { countTasks } from '../counts.ts';
import type { Sqlite } from '../database.ts';
import type { Condition } from '../filter-sql.ts';
import type { TimedRow } from '../time-order.ts';
import { compileLeaf } from './match-expression.ts';
import { buildNearCondition } from './near-words.ts';
import { findHits, type Hits, restrictToTimes, takeRows } from './time-search.ts';

interface FoundHits {
  readonly hits: Hits;
  /** How many there are, counted at least to just above RANKING_LIMIT. */
  readonly found: number;
  /** As many of them, if they are grouped. */
  readonly newest: readonly TimedRow[] | undefined;
}

export function findRankedPage(
  db: Sqlite,
  { query, filter, limit, after, nowMs }: SearchRequest,
  { hits, found, newest: known }: FoundHits,
): RowPage<TimedRow> {
  const before = after?.ranking;
  const ofPage = before
    ? restrictToTimes(db, hits, { fromMs: before.oldestMs, toMs: before.newestMs + 1 })
    : hits;
  const newest = takeRows(known && !before ? known : findHits(db, ofPage, 'newest'), countNewest(after));
  const edgeMs = getEdgeOfNewest(newest, { after, found });
  const near = edgeMs === undefined ? undefined : buildNearCondition(query, hits.sql);
  const older = near && edgeMs !== undefined ? findOlder(db, hits, { near, edgeMs }) : [];
  const window = joinWindow(newest, takeRows(older, countOlder(after)));
  const isLimited = filter.within !== undefined;
  const { scored, basis } = rankWindow(db, { query, isLimited, nowMs, before }, window);
  return takeRankedPage(scored, basis, { limit, after, found, newest });
}

function findOlder(
  db: Sqlite,
  hits: Hits,
  { near, edgeMs }: { near: Condition; edgeMs: number },
): Iterable<TimedRow> {
  const older = restrictToTimes(db, hits, { toMs: edgeMs + 1 });
  return findHits(db, { ...older, conditions: [...older.conditions, near] }, 'newest');
}

interface RankedBy {
  readonly query: Query;
  /** Whether the caller has limits: then only the window, which is visible, may be counted. */
  readonly isLimited: boolean;
  readonly nowMs: number;
  /** How the first page was ranked, for a later one. */
  readonly before: RankingBasis | undefined;
}

/** @param window the newest matches first */
function rankWindow(
  db: Sqlite,
  { query, before, ...options }: RankedBy,
  window: readonly TimedRow[],
): { scored: (TimedRow & Scored)[]; basis: RankingBasis } {
  const leaves = collectWantedText(query);
  const readTerms = createTermReader(db);
  const basis = before ?? prepareRanking(db, leaves, options, { window, readTerms });
  const scored = window.map((row) => ({
    ...row,
    score: score(leaves, readTerms(row), row.createdAt, basis),
  }));
  return { scored, basis };
}

type ReadTerms = (row: TimedRow) => Term[];

function prepareRanking(
  db: Sqlite,
  leaves: readonly TextNode[],
  { isLimited, nowMs }: Pick<RankedBy, 'isLimited' | 'nowMs'>,
  { window, readTerms }: { window: readonly TimedRow[]; readTerms: ReadTerms },
): RankingBasis {
  if (window.length === 0) return { weights: [], averageLength: 0, nowMs };
  return {
    averageLength: computeRankedLength(window.slice(0, LENGTH_SAMPLE).map(readTerms)),
    weights: isLimited ? computeIdfsWithin(leaves, readAll(window, readTerms)) : computeIdfs(db, leaves),
    nowMs,
  };
}

function* readAll(window: readonly TimedRow[], readTerms: ReadTerms): Generator<Term[]> {
  for (const row of window) yield readTerms(row);
}

function computeIdfs(db: Sqlite, leaves: readonly TextNode[]): number[] {
  const total = countTasks(db);
  return leaves.map((leaf) => {
    db.checkInterrupt?.();
    return computeIdf(countMatches(db, leaf, total), total);
  });
}

/** Reads the terms of a prompt that count for its rank. Those of the first rows, whose lengths are compared, are kept. */
function createTermReader({ raw, checkInterrupt }: Sqlite): ReadTerms {
  const load = raw.prepare<[number], { document: string }>(
    'SELECT document FROM tasks WHERE position = CAST(? AS INTEGER)',
  );
  const first = new Map<number, Term[]>();
  return ({ position }) => {
    checkInterrupt?.();
    const known = first.get(position);
    if (known) return known;
    const row = load.get(position);
    const terms = row ? extractRankedTerms(getPrompt(row.document)) : [];
    if (first.size < LENGTH_SAMPLE) first.set(position, terms);
    return terms;
  };
}

/** Number of tasks whose prompts contain a leaf: counted if rare, else estimated from the density of the newest matches. */
export function countMatches({ raw }: Sqlite, leaf: TextNode, total: number): number {
  const newest = raw
    .prepare<[string], { n: number; last: number | null }>(
      `SELECT count(*) AS n, min(rowid) AS last FROM
         (SELECT rowid FROM prompt_index WHERE prompt_index MATCH ? ORDER BY rowid DESC LIMIT ${RANKING_LIMIT})`,
    )
    .get(compileLeaf(leaf));
  if (!newest || newest.last === null || newest.n < RANKING_LIMIT) return newest?.n ?? 0;
  const among = raw
    .prepare<[number], { n: number }>(
      `SELECT count(*) AS n FROM (SELECT 1 FROM tasks INDEXED BY tasks_narrow WHERE position >= CAST(? AS INTEGER) LIMIT ${SAMPLE_SIZE})`,
    )
    .get(newest.last);
  return estimateMatches(among?.n ?? 0, total);
}
