/** Says in words how a query was understood, in what a close match differs, and why a hit ranks where it does. */
import { collectWantedText, type Query, type TextNode } from '../search/ast.ts';
import { type CloseDifference, explainCloseMatch } from '../search/close/assess.ts';
import type { ClosePlan } from '../search/close/plan.ts';
import { findMatches } from '../search/matches.ts';
import { computeScoreParts, MAX_RANKED_CHARACTERS, score } from '../search/ranking.ts';
import { extractTerms } from '../search/terms.ts';
import type { Hit, SearchPage } from '../store/contract/search.ts';
import { getPrompt } from '../task/document.ts';

type Ranked = Pick<SearchPage, 'ranking' | 'closeRanking'>;

/** One line per part of the query, and per word that close matches are searched by. */
export function explainQuery(query: Query, optional: readonly string[], { closeRanking }: Ranked): string[] {
  return [
    ...query.texts.map((text, at) => `part ${at + 1}: ${text}`),
    ...(optional.length > 0 ? [`not required: ${optional.join(' ')}`] : []),
    ...query.understood.map(({ text, as }) => `"${text}" was read as ${as}`),
    ...(closeRanking ? explainPlan(closeRanking.plan) : []),
  ];
}

function explainPlan({ pieces }: ClosePlan): string[] {
  return pieces.map(({ text, isWhole, variants }) => {
    const found = variants.map(({ node, weight, difference }) => {
      const name = difference?.to ?? (isWhole ? text : formatNode(node));
      return `${name} ${formatScore(weight)}`;
    });
    const what = found.length === 0 ? 'no prompt has anything like it' : found.join(', ');
    return `${isWhole ? 'word' : 'part'} ${text}: ${what}`;
  });
}

/** In what a close match differs, as one phrase. */
export function describeDifference({ missing, corrected, wordForms }: CloseDifference): string {
  const changes = [...corrected, ...wordForms].map(({ from, to }) => `${to} for ${from}`);
  return [...(missing.length > 0 ? [`without ${missing.join(', ')}`] : []), ...changes].join('; ');
}

/** Why a hit ranks where it does; undefined when hits are in the order of time. */
export function explainHit(query: Query, { task, close }: Hit, page: Ranked): string | undefined {
  const terms = extractTerms(getPrompt(task.text), MAX_RANKED_CHARACTERS);
  const length = `${terms.length} words`;
  if (close && page.closeRanking) {
    const { plan, averageLength } = page.closeRanking;
    const { words, proximity, coverage } = explainCloseMatch(plan, terms, averageLength);
    const parts = words.map(({ text, score }) => `${text} ${formatScore(score)}`);
    return `close, ${formatScore(close.score)}: (${[...parts, `nearness and order ${formatScore(proximity)}`].join(' + ')}) × coverage ${formatScore(coverage)}; ${length}`;
  }
  if (!page.ranking) return undefined;
  const leaves = collectWantedText(query);
  const { words, proximity, recency } = computeScoreParts(leaves, terms, task.createdAtMs, page.ranking);
  const parts = leaves.map(
    (leaf, at) => `${formatNode(leaf)} ${formatScore(words[at] ?? 0)} (${findMatches(leaf, terms).length}×)`,
  );
  const total = score(leaves, terms, task.createdAtMs, page.ranking);
  return `exact, ${formatScore(total)}: (${[...parts, `nearness and order ${formatScore(proximity)}`].join(' + ')}) × recency ${formatScore(recency)}; ${length}`;
}

function formatNode(node: TextNode): string {
  return [...node.terms, ...(node.kind === 'prefix' ? [`${node.prefix}*`] : [])].join(' ');
}

function formatScore(score: number): string {
  return score.toFixed(2);
}
