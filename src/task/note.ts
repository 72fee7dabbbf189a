/** Notes that people write on tasks and collections: text of several lines. */
import { BIDI_CONTROLS } from '../lib/clean-text.ts';

const LINE_BREAKS = /\r\n?|[\u0085\u2028\u2029]/g;
/** All control characters but line feed and tab, and what reverses text, as in names. */
const HIDDEN = new RegExp(`[^\\P{Cc}\\n\\t]|${BIDI_CONTROLS.source}`, 'gu');

/**
 * The note as it is stored: line breaks are line feeds; control characters, which come along when text is copied, are left out. Only
 * spaces are no note.
 */
export function normalizeNote(text: string): string {
  const note = text.toWellFormed().replace(LINE_BREAKS, '\n').replace(HIDDEN, '');
  return note.trim() === '' ? '' : note;
}
