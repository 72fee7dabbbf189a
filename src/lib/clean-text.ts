/** Makes text of others safe to show: on a terminal, and in messages that quote it. */

/** Marks that make text run backwards: a name could look like another one. https://www.unicode.org/reports/tr9/#Explicit_Directional_Embeddings */
export const BIDI_CONTROLS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

/**
 * What moves the cursor, changes colours, titles or the clipboard, starts a line, or reverses the direction of what follows: C0, DEL
 * and C1, line and paragraph separators, bidirectional embeddings, overrides and isolates.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is removed
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** For a field within a line. Each character becomes a space, so that offsets stay valid. */
export function cleanField(text: string): string {
  return text.replace(CONTROLS, ' ');
}

/** For whole lines: keeps tabs and line feeds. */
export function cleanLines(text: string): string {
  return text.replace(CONTROLS, (character) => (character === '\n' || character === '\t' ? character : ' '));
}

/** For JSON text: escapes what JSON may contain as it is. The value stays the same. */
export function escapeControls(json: string): string {
  return json.replace(CONTROLS, (character) => (character === '\n' ? character : escapeCharacter(character)));
}

/** For a message that quotes the text of others: shows what nobody sees, and what reverses text, as `\u202e`. */
export function showHidden(message: string): string {
  return escapeControls(message).replace(ALL_BIDI_CONTROLS, escapeCharacter);
}

const ALL_BIDI_CONTROLS = new RegExp(BIDI_CONTROLS, 'gu');

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
