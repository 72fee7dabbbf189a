/** Relevance within a window of matches: the index statistics that BM25 needs, in bounded time. */

import { collectWantedText, type Query, type TextNode } from '../../../search/ast.ts';
import { hasMatch } from '../../../search/matches.ts';
import { computeIdf, MAX_RANKED_CHARACTERS, type RankingBasis, score } from '../../../search/ranking.ts';
import { extractTerms, type Term } from '../../../search/terms.ts';
import { getPrompt } from '../../../task/document.ts';
import { RANKING_LIMIT } from '../../contract/search.ts';
import type { Scored } from '../../rules/ranking-window.ts';
import { countTasks } from '../counts.ts';
import type { Sqlite } from '../database.ts';
import type { TimedRow } from '../time-order.ts';
import { compileLeaf } from './match-expression.ts';

/** Rows read to estimate the frequency of a common word. */
const SAMPLE_SIZE = 20_000;

/** @param isLimited whether the caller has limits: then only the window, which is visible, may be counted */
export function prepareRanking(
  db: Sqlite,
  { query, isLimited }: { query: Query; isLimited: boolean },
  window: readonly TimedRow[],
  nowMs: number,
): RankingBasis {
  if (window.length === 0) return { weights: [], averageLength: 0, nowMs };
  const leaves = collectWantedText(query);
  const lengths = window.slice(0, 200).map((row) => Math.max(1, extractRankedTerms(db, row).length));
  return {
    weights: isLimited ? computeIdfsWithin(db, leaves, window) : computeIdfs(db, leaves),
    averageLength: lengths.reduce((sum, length) => sum + length, 0) / Math.max(lengths.length, 1),
    nowMs,
  };
}

function computeIdfs(db: Sqlite, leaves: readonly TextNode[]): number[] {
  const total = countTasks(db);
  return leaves.map((leaf) => {
    db.checkInterrupt?.();
    return computeIdf(countMatches(db, leaf, total), total);
  });
}

/** Global word frequencies would reveal other users' prompts, through the weights and through the order of hits. */
function computeIdfsWithin(db: Sqlite, leaves: readonly TextNode[], window: readonly TimedRow[]): number[] {
  const matches = leaves.map(() => 0);
  for (const row of window) {
    const terms = extractRankedTerms(db, row);
    for (const [at, leaf] of leaves.entries())
      if (hasMatch(leaf, terms)) matches[at] = (matches[at] ?? 0) + 1;
  }
  return matches.map((count) => computeIdf(count, window.length));
}

export function scoreAll(
  db: Sqlite,
  query: Query,
  window: readonly TimedRow[],
  basis: RankingBasis,
): (TimedRow & Scored)[] {
  const leaves = collectWantedText(query);
  return window.map((row) => {
    const terms = extractRankedTerms(db, row);
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
  return Math.min(total, Math.round((total * RANKING_LIMIT) / Math.max(among?.n ?? 0, RANKING_LIMIT)));
}

/** The terms of a prompt that count for its rank. */
function extractRankedTerms({ raw, checkInterrupt }: Sqlite, { position }: TimedRow): Term[] {
  checkInterrupt?.();
  const row = raw
    .prepare<[number], { document: string }>('SELECT document FROM tasks WHERE position = CAST(? AS INTEGER)')
    .get(position);
  return row ? extractTerms(getPrompt(row.document), MAX_RANKED_CHARACTERS) : [];
}
