/** Which prompts are folded where many of them stand below each other. */

/** UTF-16 units that a list shows of one prompt; its task has all of it. */
export const MAX_SHOWN_PROMPT = 20_000;

/** Widths of letters; a Chinese character takes two. */
const MAX_WIDTH = 330;
const MAX_LINES = 3;
const WIDE = /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFF00-\uFF60]/;

/** Whether a prompt takes more than about three lines of a wide window. */
export function needsFold(prompt: string): boolean {
  if (prompt.length > MAX_WIDTH) return true;
  const width = Array.from(prompt, (character) => (WIDE.test(character) ? 2 : 1)).reduce(
    (sum: number, each) => sum + each,
    0,
  );
  return width > MAX_WIDTH || prompt.split('\n').length > MAX_LINES;
}
