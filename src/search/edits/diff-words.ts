/** What was changed between two prompts, word by word; in Chinese and Japanese, too. */
import { diffArrays } from 'diff';

export interface DiffPart {
  readonly kind: 'same' | 'removed' | 'added';
  readonly text: string;
}

/** Of what differs in each text; what follows is compared as one word. UTF-16 units. */
const MAX_CHARACTERS = 10_000;
/** Texts with more differences are different from their first to their last one. The time grows with their square. */
const MAX_EDITS = 1000;
/** No word reaches over these. */
const END_OF_WORDS = /[\s、。，；！？]/;

const words = new Intl.Segmenter(undefined, { granularity: 'word' });

/**
 * The parts of both texts, in their order: those that are the same or removed make up the first, those that are the same or added the
 * second. No part is empty, and no two neighbours are of one kind.
 */
export function diffWords(from: string, to: string): DiffPart[] {
  const start = findSharedStart(from, to);
  const end = findSharedEnd(from.slice(start), to.slice(start));
  const cut = (text: string) => splitWords(text.slice(start, text.length - end));
  return joinParts([
    { kind: 'same', text: from.slice(0, start) },
    ...diffLists(cut(from), cut(to)),
    { kind: 'same', text: from.slice(from.length - end) },
  ]);
}

/** How long the beginning is that both have, up to an end of words: to find words takes most of the time. */
function findSharedStart(one: string, other: string): number {
  const shorter = Math.min(one.length, other.length);
  let length = 0;
  while (length < shorter && one[length] === other[length]) length += 1;
  if (length === one.length && length === other.length) return length;
  while (length > 0 && !isBetweenWords(one, length)) length -= 1;
  return length;
}

/** The same of the end of both. */
function findSharedEnd(one: string, other: string): number {
  const shorter = Math.min(one.length, other.length);
  let length = 0;
  while (length < shorter && one[one.length - 1 - length] === other[other.length - 1 - length]) length += 1;
  while (length > 0 && !isBetweenWords(one, one.length - length)) length -= 1;
  return length;
}

function isBetweenWords(text: string, at: number): boolean {
  return END_OF_WORDS.test(text[at - 1] ?? '') && !END_OF_WORDS.test(text[at] ?? '');
}

function diffLists(before: readonly string[], after: readonly string[]): DiffPart[] {
  const changes =
    countOthers(before, after) + countOthers(after, before) > MAX_EDITS
      ? undefined
      : diffArrays([...before], [...after], { maxEditLength: MAX_EDITS });
  if (changes === undefined) return diffEnds(before, after);
  return changes.map(({ value, added, removed }) => ({
    kind: added ? 'added' : removed ? 'removed' : 'same',
    text: value.join(''),
  }));
}

/** How many of a list the other lacks, each as often as it is there. */
function countOthers(list: readonly string[], other: readonly string[]): number {
  const left = new Map<string, number>();
  for (const word of other) left.set(word, (left.get(word) ?? 0) + 1);
  let count = 0;
  for (const word of list) {
    const known = left.get(word) ?? 0;
    if (known === 0) count += 1;
    else left.set(word, known - 1);
  }
  return count;
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
