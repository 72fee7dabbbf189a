/** Relevance within a window of matches: the index statistics that BM25 needs, in bounded time. */

import { collectWantedText, type Query, type TextNode } from '../../../search/ast.ts';
import { computeIdf, type RankingBasis, score } from '../../../search/ranking.ts';
import type { Term } from '../../../search/terms.ts';
import { getPrompt } from '../../../task/document.ts';
import { RANKING_LIMIT } from '../../contract/search.ts';
import type { Scored } from '../../rules/ranking-window.ts';
import {
  computeIdfsWithin,
  computeRankedLength,
  estimateMatches,
  extractRankedTerms,
  LENGTH_SAMPLE,
  SAMPLE_SIZE,
} from '../../rules/relevance.ts';
import { countTasks } from '../counts.ts';
import type { Sqlite } from '../database.ts';
import type { TimedRow } from '../time-order.ts';
import { compileLeaf } from './match-expression.ts';

/** @param isLimited whether the caller has limits: then only the window, which is visible, may be counted */
export function prepareRanking(
  db: Sqlite,
  { query, isLimited }: { query: Query; isLimited: boolean },
  window: readonly TimedRow[],
  nowMs: number,
): RankingBasis {
  if (window.length === 0) return { weights: [], averageLength: 0, nowMs };
  const leaves = collectWantedText(query);
  return {
    weights: isLimited ? computeIdfsWithin(leaves, readAll(db, window)) : computeIdfs(db, leaves),
    averageLength: computeRankedLength(window.slice(0, LENGTH_SAMPLE).map((row) => readRankedTerms(db, row))),
    nowMs,
  };
}

function* readAll(db: Sqlite, window: readonly TimedRow[]): Generator<Term[]> {
  for (const row of window) yield readRankedTerms(db, row);
}

function computeIdfs(db: Sqlite, leaves: readonly TextNode[]): number[] {
  const total = countTasks(db);
  return leaves.map((leaf) => {
    db.checkInterrupt?.();
    return computeIdf(countMatches(db, leaf, total), total);
  });
}

export function scoreAll(
  db: Sqlite,
  query: Query,
  window: readonly TimedRow[],
  basis: RankingBasis,
): (TimedRow & Scored)[] {
  const leaves = collectWantedText(query);
  return window.map((row) => {
    const terms = readRankedTerms(db, row);
    return { ...row, score: score(leaves, terms, row.createdAt, basis) };
  });
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

/** The terms of a prompt that count for its rank. */
function readRankedTerms({ raw, checkInterrupt }: Sqlite, { position }: TimedRow): Term[] {
  checkInterrupt?.();
  const row = raw
    .prepare<[number], { document: string }>('SELECT document FROM tasks WHERE position = CAST(? AS INTEGER)')
    .get(position);
  return row ? extractRankedTerms(getPrompt(row.document)) : [];
}
