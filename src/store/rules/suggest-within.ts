/** Suggestions for a caller with limits: the word list covers all tasks, so they are computed from visible prompts. */
import { createQuery } from '../../search/ast.ts';
import { createIndexEntry } from '../../search/terms.ts';
import { getPrompt } from '../../task/document.ts';
import type { TaskLimits } from '../../task/limits.ts';
import { type SearchPage, type SearchRequest, SUGGESTING_PROMPTS, type WordUse } from '../contract/search.ts';

/**
 * The search that selects the prompts.
 * @param prefix folded letters
 */
export function createSuggestionRequest(within: TaskLimits, prefix: string): SearchRequest {
  return {
    query: createQuery([{ kind: 'prefix', terms: [], prefix }]),
    filter: { within },
    sort: 'newest',
    limit: SUGGESTING_PROMPTS,
    nowMs: 0,
  };
}

/** The most used words with this folded prefix in the prompts that the search found. */
export function suggestWords({ hits }: SearchPage, prefix: string, limit: number): WordUse[] {
  return countWords(
    hits.map(({ task }) => getPrompt(task.text)),
    prefix,
  ).slice(0, limit);
}

/** The words of prompts that have a folded prefix, the most used first. */
export function countWords(prompts: readonly string[], prefix = ''): WordUse[] {
  const uses = new Map<string, number>();
  for (const prompt of prompts) {
    for (const word of createIndexEntry(prompt).words) {
      if (word.startsWith(prefix)) uses.set(word, (uses.get(word) ?? 0) + 1);
    }
  }
  return Array.from(uses, ([word, count]) => ({ word, uses: count })).sort(
    (a, b) => b.uses - a.uses || (a.word < b.word ? -1 : 1),
  );
}
