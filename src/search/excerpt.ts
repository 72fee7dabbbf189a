/** The part of a prompt that a tile has room for: around the first match. */
import { cutText, findCharacterStart } from '../lib/cut-text.ts';
import type { Highlight } from './highlights.ts';

export interface Excerpt {
  readonly text: string;
  /** How many UTF-16 units were cut off before it. */
  readonly start: number;
  /** Offsets into `text`. */
  readonly highlights: readonly Highlight[];
}

/** What stands before the first match, at most. */
const MAX_LEAD = 60;

/**
 * @param highlights of the prompt, in order
 * @param maxUnits UTF-16 units of the result
 */
export function cutAroundMatch(prompt: string, highlights: readonly Highlight[], maxUnits: number): Excerpt {
  const start = prompt.length <= maxUnits ? 0 : findStart(prompt, highlights[0]?.[0] ?? 0, maxUnits);
  const text = cutText(prompt.slice(start), maxUnits);
  const shown = highlights
    .map(([from, to]): Highlight => [Math.max(0, from - start), Math.min(text.length, to - start)])
    .filter(([from, to]) => from < to);
  return { text, start, highlights: shown };
}

/** At the start of a word, where the script has words. */
function findStart(prompt: string, match: number, maxUnits: number): number {
  if (match <= MAX_LEAD) return 0;
  const earliest = Math.min(match - MAX_LEAD, prompt.length - maxUnits);
  const space = prompt.slice(earliest, match).search(/\s\S/);
  return findCharacterStart(prompt, space < 0 ? earliest : earliest + space + 1);
}
