/** Names that people give to collections and saved searches: compared as tags are, stored as they were written. */
import { BIDI_CONTROLS } from '../lib/clean-text.ts';
import { foldTag, VISIBLE } from './marks.ts';

/** Unicode characters. */
export const MAX_NAME_CHARACTERS = 100;

/** A text that can't be a name; the message says why. */
export class InvalidName extends Error {
  override readonly name = 'InvalidName';
}

/**
 * The name as it is stored and shown: composed (NFC), single spaces, none at its ends.
 * @throws InvalidName
 */
export function normalizeName(text: string): string {
  const shown = JSON.stringify(text.slice(0, MAX_NAME_CHARACTERS));
  if (/\p{Cc}/u.test(text)) throw new InvalidName(`the name ${shown} has control characters`);
  if (BIDI_CONTROLS.test(text)) throw new InvalidName(`the name ${shown} has characters that reverse text`);
  if (text.length > MAX_NAME_INPUT) throw createTooLong(shown);
  const name = text.toWellFormed().replace(/\s+/gu, ' ').trim().normalize('NFC');
  if (Array.from(name).length > MAX_NAME_CHARACTERS) throw createTooLong(shown);
  if (!VISIBLE.test(name)) throw new InvalidName('a name needs at least one character that is seen');
  return name;
}

/** A name as it is compared: two names with the same are one. */
export function foldName(name: string): string {
  return foldTag(name);
}

/** UTF-16 units of a text that may become a name: no longer one is looked at. */
const MAX_NAME_INPUT = 8 * MAX_NAME_CHARACTERS;

function createTooLong(shown: string): InvalidName {
  return new InvalidName(`the name ${shown}… has more than ${MAX_NAME_CHARACTERS} characters`);
}
