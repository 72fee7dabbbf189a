/** When what a line of a file describes was changed. */
import { getOwn, type JsonObject } from '../task/json-object.ts';

const ISO_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

/**
 * Reads `changed_at`.
 * @param nowMs a later time is taken for this one: what is from the future would win over all later changes
 * @returns epoch milliseconds; undefined if it is no time
 */
export function readChangedAt(line: JsonObject, nowMs: number): number | undefined {
  const value = getOwn(line, 'changed_at');
  const ms = typeof value === 'string' && ISO_TIME.test(value) ? Date.parse(value) : Number.NaN;
  return ms > 0 ? Math.min(ms, nowMs) : undefined;
}
