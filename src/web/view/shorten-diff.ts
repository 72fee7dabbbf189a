/** A diff to read: long parts that are the same are cut in their middle, so that what was changed is seen. */
import type { PromptEdit } from '../../views/prompts-schema.ts';

export type DiffPart = PromptEdit['diff'][number];

/** Characters that are shown beside a change; UTF-16 units. */
const MAX_CONTEXT = 160;
/** Of what was removed or added. */
const MAX_CHANGE = 2000;
const ELLIPSIS = ' … ';

export function shortenDiff(diff: readonly DiffPart[]): DiffPart[] {
  return diff.map(({ kind, text }, at) => {
    if (kind !== 'same') return { kind, text: cutMiddle(text, MAX_CHANGE / 2, MAX_CHANGE / 2) };
    // Beside no change, nothing has to be read.
    const [before, after] = [at === 0 ? 0 : MAX_CONTEXT, at === diff.length - 1 ? 0 : MAX_CONTEXT];
    return { kind, text: cutMiddle(text, before, after) };
  });
}

/** @param start how much is kept at its beginning @param end at its end; no character is cut in two */
function cutMiddle(text: string, start: number, end: number): string {
  if (text.length <= start + end + MAX_CONTEXT) return text;
  const head = text.slice(0, start).replace(/[\uD800-\uDBFF]$/, '');
  const tail = text.slice(text.length - end).replace(/^[\uDC00-\uDFFF]/, '');
  return `${head}${ELLIPSIS}${tail}`;
}
