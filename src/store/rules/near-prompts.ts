/** The prompts among which the edits of one are looked for: by which phrases they are found, and how many are taken. */
import { listTellingPhrases, type TellingPhrase } from '../../search/edits/telling-phrases.ts';
import { extractTerms, type Term } from '../../search/terms.ts';
import { EDIT_LIMIT, MAX_PAGE_CHARACTERS, type NearPrompt, type NearPrompts } from '../contract/search.ts';

/** Tasks that are wanted for EDIT_LIMIT different prompts. */
export const MAX_NEAR_ROWS = 2 * EDIT_LIMIT;
/** Of a prompt, from which its phrases are taken. */
const MAX_PHRASE_CHARACTERS = 2000;

/** The terms of a prompt that its phrases are made of. */
export function extractPhraseTerms(prompt: string): Term[] {
  return extractTerms(prompt, MAX_PHRASE_CHARACTERS);
}

/**
 * Among fewer tasks the lists of terms are too short for their sizes to matter. Each engine estimates those by itself: without them, both
 * find the same.
 */
export const MIN_TASKS_FOR_SIZES = 10_000;
export const NO_SIZES: ReadonlyMap<string, number> = new Map();

/** @param sizes how large the lists of terms are, in thousands of tasks; undefined: not to be shown to the caller */
export function listNearPhrases(
  terms: readonly Term[],
  sizes: ReadonlyMap<string, number> | undefined,
): TellingPhrase[] {
  return listTellingPhrases(terms, (term) => (sizes ? (sizes.get(term) ?? 0) : 1));
}

type TakenPrompts = Pick<NearPrompts, 'prompts' | 'isCutShort'>;

/** Collects at most EDIT_LIMIT prompts, until their documents are large. */
export function createNearPromptTaker(): { take(prompt: NearPrompt): boolean; finish(): TakenPrompts } {
  const prompts: NearPrompt[] = [];
  let size = 0;
  let isCutShort = false;
  return {
    /** @returns whether more may be taken */
    take: (prompt) => {
      size += prompt.task.text.length;
      isCutShort = size > MAX_PAGE_CHARACTERS && prompts.length > 0;
      if (isCutShort) return false;
      return prompts.push(prompt) < EDIT_LIMIT;
    },
    finish: () => ({ prompts, isCutShort }),
  };
}
