/**
 * Marks as terms of the search index, beside those of the prompt: `tag:x cat` is then one intersection of two lists, which takes a
 * tenth of the time of looking up the marks of each cat. No text has such terms, as they begin with a private-use character. The words
 * of the note follow the last of them, so that no phrase reaches from the prompt into the note.
 */
import type { MarkTest } from '../../../search/mark-fields.ts';
import { createIndexEntry } from '../../../search/terms.ts';
import { MAX_RATING, type Marks } from '../../../task/marks.ts';

const PREFIX = '\ue000';
const FLAGS = {
  starred: `${PREFIX}s`,
  hidden: `${PREFIX}h`,
  note: `${PREFIX}n`,
  tags: `${PREFIX}t`,
} as const;

/** The expression that excludes hidden tasks, after a NOT. */
export const HIDDEN_TERM = quote(FLAGS.hidden);

/** Separated by spaces, those of the note last; empty without marks. */
export function createMarkTerms({ starred, rating, tags, note, hidden }: Marks): string {
  return [
    ...(starred ? [FLAGS.starred] : []),
    ...(hidden ? [FLAGS.hidden] : []),
    ...(rating === 0 ? [] : [createRatingTerm(rating)]),
    ...(tags.length === 0 ? [] : [FLAGS.tags]),
    ...tags.map(createTagTerm),
    ...(note === '' ? [] : [FLAGS.note, createIndexEntry(note).terms]),
  ].join(' ');
}

/** The MATCH expression of a test; undefined if tasks without marks pass it, of which there is no list. */
export function compileMarkTest(test: MarkTest): string | undefined {
  switch (test.of) {
    case 'tag':
      return test.isPrefix ? `${quote(createTagTerm(test.tag))} *` : quote(createTagTerm(test.tag));
    case 'rating': {
      if (test.min === 0) return undefined;
      const ratings = Array.from({ length: MAX_RATING }, (_, at) => at + 1);
      const terms = ratings
        .filter((rating) => rating >= test.min && rating <= test.max)
        .map(createRatingTerm);
      return terms.length === 0 ? undefined : `(${terms.map(quote).join(' OR ')})`;
    }
    default:
      return quote(FLAGS[test.of]);
  }
}

function createRatingTerm(rating: number): string {
  return `${PREFIX}r${rating}`;
}

/** In hexadecimal, because a tag may have spaces and punctuation. */
function createTagTerm(tag: string): string {
  return `${PREFIX}t${Buffer.from(tag).toString('hex')}`;
}

function quote(term: string): string {
  return `"${term}"`;
}
