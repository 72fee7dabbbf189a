/** Similar prompts: how many are compared, in which order they come, and what is told of each. */
import { findSharedWords, type Profile } from '../../search/similar/profile.ts';
import { getPrompt } from '../../task/document.ts';
import { MIN_SIMILARITY, type PromptGroup, SIMILAR_LIMIT, type SimilarHit } from '../contract/search.ts';
import type { StoredTask } from '../contract/tasks.ts';

/** Tasks that are looked at for SIMILAR_LIMIT different prompts. */
export const MAX_CANDIDATE_ROWS = 8 * SIMILAR_LIMIT;

export interface ComparedPrompt {
  readonly createdAt: number;
  readonly similarity: number;
}

/** Those that are similar at all: the most similar first, then newest first. @param compareKeys of the same time */
export function rankCompared<Prompt extends ComparedPrompt>(
  compared: readonly Prompt[],
  compareKeys: (a: Prompt, b: Prompt) => number,
): Prompt[] {
  return compared
    .filter(({ similarity }) => similarity >= MIN_SIMILARITY)
    .sort((a, b) => b.similarity - a.similarity || b.createdAt - a.createdAt || compareKeys(a, b));
}

export function createSimilarHit(
  task: StoredTask,
  { profile, similarity, group }: { profile: Profile; similarity: number; group: PromptGroup | undefined },
): SimilarHit {
  const shared = findSharedWords(profile, getPrompt(task.text));
  return { task, similarity, shared, ...(group ? { group } : {}) };
}
