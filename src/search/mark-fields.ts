/** Reads what a query says of marks: `is:starred`, `has:note`, `rating:>=4`, `tag:poster`. */
import { foldTag, foldTagPrefix, MAX_RATING } from '../task/marks.ts';
import type { FieldProblem } from './fields.ts';

/** What of its marks a task must have. */
export type MarkTest =
  | { readonly of: 'starred' | 'hidden' | 'note' | 'tags' }
  /** From `min` to `max`; a task without a rating has 0. */
  | { readonly of: 'rating'; readonly min: number; readonly max: number }
  /** Folded (see foldTag). */
  | { readonly of: 'tag'; readonly tag: string; readonly isPrefix: boolean };

export interface MarkMatch {
  readonly kind: 'mark';
  readonly test: MarkTest;
}

/** The values of `is:`. */
export const MARK_STATES = ['starred', 'hidden'] as const;
/** The values of `has:`. */
export const MARK_KINDS = ['note', 'tag', 'rating'] as const;

export function parseMarkState(text: string): MarkMatch | FieldProblem {
  const state = MARK_STATES.find((name) => name === text.toLowerCase());
  return state ? match({ of: state }) : problem(`is none of ${MARK_STATES.join(', ')}`);
}

export function parseMarkKind(text: string): MarkMatch | FieldProblem {
  const kind = text.toLowerCase().replace(/s$/, '');
  if (kind === 'note') return match({ of: 'note' });
  if (kind === 'tag') return match({ of: 'tags' });
  if (kind === 'rating') return match({ of: 'rating', min: 1, max: MAX_RATING });
  return problem(`is none of ${MARK_KINDS.join(', ')}`);
}

/** `4`, `>=4`, `>3`, `<=2`, `<3`, `2..4`. */
export function parseRating(text: string): MarkMatch | FieldProblem {
  const range = readRange(text.trim());
  if (!range || range.min > range.max)
    return problem(`is no rating from 0 to ${MAX_RATING}`, 'try rating:4, rating:>=4 or rating:2..4');
  return match({ of: 'rating', ...range });
}

function readRange(text: string): { min: number; max: number } | undefined {
  const [, from, to] = /^([0-5])(?:\.\.|-)([0-5])$/.exec(text) ?? [];
  if (from !== undefined) return { min: Number(from), max: Number(to) };
  const [, sign = '=', digit] = /^(>=|<=|>|<|=|≥|≤)?([0-5])$/.exec(text) ?? [];
  if (digit === undefined) return undefined;
  const rating = Number(digit);
  switch (sign) {
    case '>=':
    case '≥':
      return { min: rating, max: MAX_RATING };
    case '<=':
    case '≤':
      return { min: 0, max: rating };
    case '>':
      return { min: rating + 1, max: MAX_RATING };
    case '<':
      return { min: 0, max: rating - 1 };
    default:
      return { min: rating, max: rating };
  }
}

export function parseTag(text: string): MarkMatch | FieldProblem {
  const isPrefix = text.endsWith('*') && text.length > 1;
  const tag = isPrefix ? foldTagPrefix(text.slice(0, -1)) : foldTag(text);
  return tag === '' ? problem('has no letters') : match({ of: 'tag', tag, isPrefix });
}

function match(test: MarkTest): MarkMatch {
  return { kind: 'mark', test };
}

function problem(reason: string, hint?: string): FieldProblem {
  return { kind: 'problem', reason, ...(hint === undefined ? {} : { hint }) };
}
