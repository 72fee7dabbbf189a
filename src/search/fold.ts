/**
 * Makes letters comparable: width, case, accents and compositions stop mattering (NFKC, upper then lower case,
 * accents removed). Works on small chunks of text, so that every folded character can be mapped to its source.
 */

/**
 * A piece of text beyond ASCII that can be normalised alone: a run of Hangul jamo, or a character with its marks. No more than thirty
 * marks, as in Unicode's Stream-Safe Text Format (UAX #15): the time that sorting them takes grows with their square.
 */
const CHUNK = /[\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]+|.[\p{M}\uff9e\uff9f]{0,30}/suy;

/** Marks that are accents of a letter. Excluded: vowel signs of Indic and Thai scripts, voicing marks of kana. */
const ACCENTS =
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: the class lists single marks on purpose, to remove them
  /[\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f]/gu;

/**
 * Splits a text into chunks that can be folded independently.
 * @param text well-formed Unicode
 * @param visit gets the kind and the UTF-16 offsets: `word` is a run of ASCII letters and digits, `gap` of other ASCII
 */
export function visitChunks(
  text: string,
  visit: (kind: 'word' | 'gap' | 'other', start: number, end: number) => void,
): void {
  let at = 0;
  while (at < text.length) {
    let end = findAsciiEnd(text, at);
    if (end > at) {
      visit(isAsciiWord(text.charCodeAt(at)) ? 'word' : 'gap', at, end);
    } else {
      CHUNK.lastIndex = at;
      end = CHUNK.test(text) ? CHUNK.lastIndex : at + 1;
      visit('other', at, end);
    }
    at = end;
  }
}

/** Folds one chunk. Upper case first: it makes `ß` and `ẞ`, `ς` and `σ`, `ı` and `i` alike, as full case folding does. */
export function fold(chunk: string): string {
  const upperThenLower = chunk.normalize('NFKD').replace(ACCENTS, '').toUpperCase().toLowerCase();
  return upperThenLower.normalize('NFKD').replace(ACCENTS, '').normalize('NFKC');
}

/** Converts ASCII letters to lower case; all others are unchanged. */
export function convertToLowerAscii(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/**
 * The end of the run of ASCII letters and digits, or of other ASCII characters, that begins at `at`.
 * Its last character is excluded when a non-ASCII character follows, which may be a combining mark.
 */
function findAsciiEnd(text: string, at: number): number {
  const isWord = isAsciiWord(text.charCodeAt(at));
  let end = at;
  while (end < text.length) {
    const code = text.charCodeAt(end);
    if (code > 0x7f) return Math.max(at, end - 1);
    if (isAsciiWord(code) !== isWord) return end;
    end += 1;
  }
  return end;
}

function isAsciiWord(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a);
}

/** Distance between the full-width forms and ASCII. */
const FULL_WIDTH_OFFSET = 0xfee0;

/**
 * Characters that East Asian keyboards type instead of ASCII, as ASCII: `model：flux－dev` and `３月`. Offsets stay the same, and
 * so do the terms of a text, because width never matters.
 */
export function convertFullWidth(text: string): string {
  return text
    .replace(/[\uff01-\uff5e]/g, (char) => String.fromCharCode(char.charCodeAt(0) - FULL_WIDTH_OFFSET))
    .replaceAll('\u3000', ' ');
}
