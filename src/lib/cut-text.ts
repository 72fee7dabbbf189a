/** Cuts texts to a length without splitting a character of two UTF-16 units. */

/** The beginning of a text, at most `maxUnits` UTF-16 units. */
export function cutText(text: string, maxUnits: number): string {
  return text.slice(0, findCharacterStart(text, Math.min(text.length, maxUnits)));
}

/** The index itself, or the one before it if it is within a character. */
export function findCharacterStart(text: string, index: number): number {
  const isWithin = index > 0 && (text.codePointAt(index - 1) ?? 0) > 0xffff && index < text.length;
  return isWithin ? index - 1 : index;
}
