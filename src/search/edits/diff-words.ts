/** What was changed between two prompts, word by word; in Chinese and Japanese, too. */
import { diffArrays } from 'diff';

export interface DiffPart {
  readonly kind: 'same' | 'removed' | 'added';
  readonly text: string;
}

/** Of each text; what follows is compared as one word. UTF-16 units. */
const MAX_CHARACTERS = 20_000;
/** Texts with more differences are different from their first to their last one. */
const MAX_EDITS = 2000;

const words = new Intl.Segmenter(undefined, { granularity: 'word' });

/**
 * The parts of both texts, in their order: those that are the same or removed make up the first, those that are the same or added the
 * second. No part is empty, and no two neighbours are of one kind.
 */
export function diffWords(from: string, to: string): DiffPart[] {
  if (from === to) return from === '' ? [] : [{ kind: 'same', text: from }];
  const [before, after] = [splitWords(from), splitWords(to)];
  const changes = diffArrays(before, after, { maxEditLength: MAX_EDITS });
  if (changes === undefined) return diffEnds(before, after);
  return joinParts(
    changes.map(({ value, added, removed }) => ({
      kind: added ? 'added' : removed ? 'removed' : 'same',
      text: value.join(''),
    })),
  );
}

/** Words, and what is between them. */
function splitWords(text: string): string[] {
  const found = Array.from(words.segment(text.slice(0, MAX_CHARACTERS)), ({ segment }) => segment);
  return text.length > MAX_CHARACTERS ? [...found, text.slice(MAX_CHARACTERS)] : found;
}

/** Only the beginning and the end that both have are the same. */
function diffEnds(before: readonly string[], after: readonly string[]): DiffPart[] {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const cut = (list: readonly string[]) => list.slice(start, list.length - end).join('');
  return joinParts([
    { kind: 'same', text: before.slice(0, start).join('') },
    { kind: 'removed', text: cut(before) },
    { kind: 'added', text: cut(after) },
    { kind: 'same', text: end === 0 ? '' : before.slice(-end).join('') },
  ]);
}

/** Without empty parts; neighbours of one kind are one. */
function joinParts(parts: readonly DiffPart[]): DiffPart[] {
  const joined: DiffPart[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (part.text === '') continue;
    if (last?.kind === part.kind) joined[joined.length - 1] = { ...last, text: last.text + part.text };
    else joined.push(part);
  }
  return joined;
}
