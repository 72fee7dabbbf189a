/**
 * Marks as terms of the search index, beside those of the prompt: `tag:x cat` is then one intersection of two lists, which takes a
 * tenth of the time of looking up the marks of each cat. No text has such terms, as they begin with a private-use character. The words
 * of the note follow the last of them, so that no phrase reaches from the prompt into the note.
 */
import type { MarkTest } from '../../search/mark-fields.ts';
import { createIndexEntry } from '../../search/terms.ts';
import { MAX_RATING, type Marks } from '../../task/marks.ts';

/** Every term of marks begins so. */
export const MARK_PREFIX = '\ue000';
const FLAGS = {
  starred: `${MARK_PREFIX}s`,
  hidden: `${MARK_PREFIX}h`,
  note: `${MARK_PREFIX}n`,
  tags: `${MARK_PREFIX}t`,
} as const;

/** The term of hidden tasks. */
export const HIDDEN_TERM = FLAGS.hidden;

/** All but the words of the note, which follow them. */
export function listMarkTerms({ starred, rating, tags, note, hidden }: Marks): string[] {
  return [
    ...(starred ? [FLAGS.starred] : []),
    ...(hidden ? [FLAGS.hidden] : []),
    ...(rating === 0 ? [] : [createRatingTerm(rating)]),
    ...(tags.length === 0 ? [] : [FLAGS.tags]),
    ...tags.map(createTagTerm),
    ...(note === '' ? [] : [FLAGS.note]),
  ];
}

/** With the words of the note, separated by spaces; empty without marks. */
export function createMarkTerms(marks: Marks): string {
  const note = marks.note === '' ? [] : [createIndexEntry(marks.note).terms];
  return [...listMarkTerms(marks), ...note].join(' ');
}

/** Terms of which a task that passes a test has at least one; with `isPrefix`, a term that begins so. */
export interface TestedTerms {
  readonly terms: readonly string[];
  readonly isPrefix: boolean;
}

/** The terms of a test, perhaps none; undefined if tasks without marks pass it, of which there is no list. */
export function listTestedTerms(test: MarkTest): TestedTerms | undefined {
  switch (test.of) {
    case 'tag':
      return { terms: [createTagTerm(test.tag)], isPrefix: test.isPrefix };
    case 'rating': {
      if (test.min === 0) return undefined;
      const ratings = Array.from({ length: MAX_RATING }, (_, at) => at + 1);
      const terms = ratings.filter((rating) => rating >= test.min && rating <= test.max);
      return { terms: terms.map(createRatingTerm), isPrefix: false };
    }
    default:
      return { terms: [FLAGS[test.of]], isPrefix: false };
  }
}

function createRatingTerm(rating: number): string {
  return `${MARK_PREFIX}r${rating}`;
}

/** In hexadecimal, because a tag may have spaces and punctuation. */
function createTagTerm(tag: string): string {
  return `${MARK_PREFIX}t${Buffer.from(tag).toString('hex')}`;
}
