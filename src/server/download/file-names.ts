/** Names of downloaded files: `2026-03-14 a-siamese-cat 2db0168c.png`. Valid on Windows, macOS and Linux. */
import { formatPeriod } from '../../search/dates.ts';
import type { TaskId } from '../../task/id.ts';

export interface NamedTask {
  readonly id: TaskId;
  readonly createdAtMs: number;
  readonly prompt: string;
}

/** Together with date, id, numbers and extension, less than 80 characters and 255 bytes, of which one has up to four. */
const MAX_SLUG_LENGTH = 44;
const ID_LENGTH = 8;
/** Enough for a slug, whatever there is to leave out. */
const MAX_READ_CHARACTERS = 400;

/**
 * @param timeZone of the dates
 * @returns a function that names the next task, without an extension; no two names differ only in case or composition
 */
export function createTaskNamer(timeZone: string): (task: NamedTask) => string {
  const copies = new Map<string, number>();
  return ({ id, createdAtMs, prompt }) => {
    const date = formatPeriod('day', createdAtMs, timeZone);
    const words = [date, createSlug(prompt), createSlug(id).slice(0, ID_LENGTH)];
    const base = words.filter((word) => word !== '').join(' ');
    const copy = (copies.get(base) ?? 0) + 1;
    copies.set(base, copy);
    return copy === 1 ? base : `${base} (${copy})`; // nothing else leads to parentheses
  };
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
