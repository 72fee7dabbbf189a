/**
 * Slices of time as lexemes of the search index. A search of the newest tasks asks for a few slices beside its words, so that the index
 * decides both at once.
 */

/** Lengths of slices as powers of two in milliseconds: from 4.7 hours to 2.2 years. */
export const SLICE_BITS = [24, 27, 30, 33, 36] as const;

/** The lexeme of a slice. @param level index of its length in SLICE_BITS @param n its number since 1970 */
export function createSliceLexeme(level: number, n: number): string {
  return `#${level}.${n}`;
}

/** The slices that a time is in. @param atMs epoch milliseconds */
export function listSlices(atMs: number): string[] {
  return SLICE_BITS.map((bits, level) => createSliceLexeme(level, Math.floor(atMs / 2 ** bits)));
}
