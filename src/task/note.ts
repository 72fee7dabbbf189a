/** Notes that people write on tasks and collections: text of several lines. */
import { BIDI_CONTROLS } from '../lib/clean-text.ts';

/** All control characters but line breaks and tabs, and what reverses text, as in names. */
const HIDDEN = new RegExp(`[^\\P{Cc}\\n\\r\\t]|${BIDI_CONTROLS.source}`, 'gu');

/** The note as it is stored: control characters, which come along when text is copied, are left out. Only spaces are no note. */
export function normalizeNote(text: string): string {
  const note = text.toWellFormed().replace(HIDDEN, '');
  return note.trim() === '' ? '' : note;
}
