/** Suggestions for a caller who may not see everything: the list of words is everybody's, so they come of visible prompts. */
import { indexEntry } from '../../../search/terms.ts';
import { promptOf } from '../../../task/document.ts';
import type { TaskLimits } from '../../../task/limits.ts';
import {
  type SearchPage,
  type SearchRequest,
  SUGGESTING_PROMPTS,
  type WordUse,
} from '../../contract/search.ts';

/** @param beginning folded letters */
export function suggestWithin(
  search: (request: SearchRequest) => SearchPage,
  within: TaskLimits,
  beginning: string,
  limit: number,
): WordUse[] {
  const { hits } = search({
    query: { parts: [{ kind: 'prefix', terms: [], prefix: beginning }], notes: [] },
    filter: { within },
    sort: 'newest',
    limit: SUGGESTING_PROMPTS,
    nowMs: 0,
  });
  const uses = new Map<string, number>();
  for (const { task } of hits) {
    for (const word of indexEntry(promptOf(task.text)).words) {
      if (word.startsWith(beginning)) uses.set(word, (uses.get(word) ?? 0) + 1);
    }
  }
  return [...uses]
    .map(([word, count]) => ({ word, uses: count }))
    .sort((a, b) => b.uses - a.uses || (a.word < b.word ? -1 : 1))
    .slice(0, limit);
}
