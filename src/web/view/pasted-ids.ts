/** Picks the ids of tasks out of any text that a reader pastes: a list, JSON of any shape, lines of JSON, a log. */
import { collectTaskIds } from '../../task/collect-ids.ts';
import { findTaskIds, type TaskId } from '../../task/id.ts';

/** Not a log line such as `[info] …`. */
const BEGINS_LIKE_JSON = /^\s*(?:\{\s*["}]|\[\s*[[{"\]])/;

/** Distinct, in order of appearance. In JSON, ids of users, applications and traces are not taken. */
export function findPastedIds(text: string): TaskId[] {
  const whole = parseJson(text);
  if (whole !== undefined) return collectTaskIds(whole);
  const lines = text.split('\n').flatMap((line) => {
    const value = parseJson(line);
    return value === undefined ? findTaskIds(line) : collectTaskIds(value);
  });
  return [...new Set(lines)];
}

function parseJson(text: string): unknown {
  if (!BEGINS_LIKE_JSON.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // it is other text
  }
}
