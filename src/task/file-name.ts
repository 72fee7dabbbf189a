/** Names of saved files: `2026-03-14 a-siamese-cat 2db0168c`. Valid on Windows, macOS and Linux. */

/** Together with date, id, numbers and extension, less than 80 characters and 255 bytes, of which one has up to four. */
const MAX_SLUG_LENGTH = 44;
const ID_LENGTH = 8;
/** Enough for a slug, whatever there is to leave out. */
const MAX_READ_CHARACTERS = 400;

/** A name without an extension. @param date `2026-03-14` */
export function createTaskName(date: string, { prompt, id }: { prompt: string; id: string }): string {
  const words = [date, createSlug(prompt), Array.from(createSlug(id)).slice(0, ID_LENGTH).join('')];
  return words.filter((word) => word !== '').join(' ');
}

/**
 * The letters and digits of a text, in any script, with hyphens in the place of everything else: what is reserved, invisible, or
 * changes the direction of writing is neither.
 */
export function createSlug(text: string): string {
  const words = text
    .slice(0, MAX_READ_CHARACTERS)
    .toWellFormed()
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, '-');
  const characters = Array.from(words.replace(/^-/, '')).slice(0, MAX_SLUG_LENGTH);
  return characters.join('').replace(/-$/, '');
}
