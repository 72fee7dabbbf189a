/**
 * Compares texts in the order of their code points, which is that of their bytes in UTF-8 and so that of databases. JavaScript's own is
 * that of UTF-16, where what is beyond U+FFFF stands before U+E000.
 * @returns negative when `a` comes first
 */
export function compareCodePoints(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const [ofA, ofB] = [a.charCodeAt(at), b.charCodeAt(at)];
    if (ofA !== ofB) return rankUnit(ofA) - rankUnit(ofB);
  }
  return a.length - b.length;
}

const FIRST_SURROGATE = 0xd800;
const BEHIND_SURROGATES = 0xe000;
const SURROGATES = BEHIND_SURROGATES - FIRST_SURROGATE;

/** Moves surrogates behind all other units. */
function rankUnit(unit: number): number {
  if (unit < FIRST_SURROGATE) return unit;
  return unit < BEHIND_SURROGATES ? unit + 0x10000 - BEHIND_SURROGATES : unit - SURROGATES;
}
