/** The beginning of a text, for titles and names. */

/** The first half of a character that needs two UTF-16 units. */
const FIRST_HALF = /[\uD800-\uDBFF]$/;

/** Characters of a prompt that stand for a picture. */
export const MAX_ALT_LENGTH = 150;

/** @param length UTF-16 units at most; a character that would be cut in two is left out */
export function cutText(text: string, length: number): string {
  return text.length <= length ? text : text.slice(0, length).replace(FIRST_HALF, '');
}
