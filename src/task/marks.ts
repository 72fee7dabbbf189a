/** What people say of a task: star, rating, tags, note, hidden. Never part of the document, which is the upstream's. */
import { BIDI_CONTROLS } from '../lib/clean-text.ts';
import { normalizeNote } from './note.ts';

export interface Marks {
  readonly starred: boolean;
  /** 1 to MAX_RATING; 0: none. */
  readonly rating: number;
  /** Normalized (see normalizeTag), sorted, without duplicates. */
  readonly tags: readonly string[];
  /** Empty: none. */
  readonly note: string;
  /** Whether searches leave it out, unless they ask for it. */
  readonly hidden: boolean;
}

/** Absent members stay as they are. */
export interface MarkChange {
  readonly starred?: boolean;
  readonly rating?: number;
  /** All its tags, in place of those that it has. */
  readonly tags?: readonly string[];
  readonly addTags?: readonly string[];
  readonly removeTags?: readonly string[];
  readonly note?: string;
  readonly hidden?: boolean;
}

export const MAX_RATING = 5;
/** Tags of one task. */
export const MAX_TAGS = 100;
/** Unicode characters. */
export const MAX_TAG_CHARACTERS = 64;
/** UTF-16 units. */
export const MAX_NOTE_CHARACTERS = 10_000;

export const NO_MARKS: Marks = { starred: false, rating: 0, tags: [], note: '', hidden: false };

/** A text that can't be a tag; the message says why. */
export class InvalidTag extends Error {
  override readonly name = 'InvalidTag';
}

/** More than MAX_TAGS tags for one task. */
export class TooManyTags extends Error {
  override readonly name = 'TooManyTags';
}

export const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u;
/** UTF-16 units of a text that may become a tag: no longer one is looked at. */
const MAX_TAG_INPUT = 8 * MAX_TAG_CHARACTERS;

/**
 * The form in which a tag is stored and compared: lower case, composed (NFC), single spaces. Accents matter: they tell words apart.
 * @throws InvalidTag
 */
export function normalizeTag(text: string): string {
  const shown = JSON.stringify(text.slice(0, MAX_TAG_CHARACTERS));
  if (/\p{Cc}/u.test(text)) throw new InvalidTag(`the tag ${shown} has control characters`);
  if (BIDI_CONTROLS.test(text)) throw new InvalidTag(`the tag ${shown} has characters that reverse text`);
  // A query could not name it.
  if (text.includes('"')) throw new InvalidTag(`the tag ${shown} has a quotation mark`);
  if (text.trimEnd().endsWith('*')) throw new InvalidTag(`the tag ${shown} ends with a star`);
  const tag = text.length > MAX_TAG_INPUT ? undefined : foldTag(text);
  if (tag === undefined || Array.from(tag).length > MAX_TAG_CHARACTERS)
    throw new InvalidTag(`the tag ${shown}… has more than ${MAX_TAG_CHARACTERS} characters`);
  if (!VISIBLE.test(tag)) throw new InvalidTag('a tag needs at least one character that is seen');
  return tag;
}

/** A text as it is compared with tags, whether or not it can be one. */
export function foldTag(text: string): string {
  const oneLine = text.toWellFormed().replace(/\s+/gu, ' ').trim();
  // Upper case makes `ß` and `ss`, `ς` and `σ` alike; `ẞ`, which has none, is `ß` only in lower case.
  return oneLine.normalize('NFC').toLowerCase().toUpperCase().toLowerCase().normalize('NFC');
}

/** The beginning of a tag as it is compared. At the end of a word, `σ` would become `ς`; here, the word goes on. */
export function foldTagPrefix(text: string): string {
  return foldTag(`${text.trimStart()}x`).slice(0, -1).trimEnd();
}

/**
 * The change with tags in the form in which they are stored, for all tasks that it is applied to.
 * @throws InvalidTag
 */
export function normalizeMarkChange({ tags, addTags, removeTags, note, ...change }: MarkChange): MarkChange {
  return {
    ...change,
    ...(tags ? { tags: tags.map(normalizeTag) } : {}),
    ...(addTags ? { addTags: addTags.map(normalizeTag) } : {}),
    // What can be no tag can't be there.
    ...(removeTags
      ? { removeTags: removeTags.filter((tag) => tag.length <= MAX_TAG_INPUT).map(foldTag) }
      : {}),
    ...(note === undefined ? {} : { note: normalizeNote(note) }),
  };
}

/**
 * The marks after a change. What it adds stays, even if it removes the same.
 * @param change normalized
 * @throws TooManyTags
 */
export function applyMarkChange(marks: Marks, change: MarkChange): Marks {
  const removed = new Set(change.removeTags);
  const kept = (change.tags ?? marks.tags).filter((tag) => !removed.has(tag));
  const tags = [...new Set([...kept, ...(change.addTags ?? [])])].sort();
  if (tags.length > MAX_TAGS) throw new TooManyTags(`a task has at most ${MAX_TAGS} tags`);
  return {
    starred: change.starred ?? marks.starred,
    rating: change.rating ?? marks.rating,
    tags,
    note: change.note ?? marks.note,
    hidden: change.hidden ?? marks.hidden,
  };
}

/** What takes a change back: of tags, only those that it has added or removed, so that others' changes since then stay. */
export function invertMarkChange(before: Marks, after: Marks, change: MarkChange): MarkChange {
  const isList = change.tags !== undefined;
  const added = after.tags.filter((tag) => !before.tags.includes(tag));
  const removed = before.tags.filter((tag) => !after.tags.includes(tag));
  return {
    ...(change.starred === undefined ? {} : { starred: before.starred }),
    ...(change.rating === undefined ? {} : { rating: before.rating }),
    ...(isList ? { tags: before.tags } : {}),
    ...(!isList && removed.length > 0 ? { addTags: removed } : {}),
    ...(!isList && added.length > 0 ? { removeTags: added } : {}),
    ...(change.note === undefined ? {} : { note: before.note }),
    ...(change.hidden === undefined ? {} : { hidden: before.hidden }),
  };
}

/** The marks alone of what has more members, in the order in which responses and files have them. */
export function pickMarks({ starred, rating, tags, note, hidden }: Marks) {
  return { starred, rating, tags: [...tags], note, hidden } satisfies Marks;
}

export function areSameMarks(a: Marks, b: Marks): boolean {
  return (
    a.starred === b.starred &&
    a.rating === b.rating &&
    a.note === b.note &&
    a.hidden === b.hidden &&
    a.tags.length === b.tags.length &&
    a.tags.every((tag, at) => tag === b.tags[at])
  );
}
