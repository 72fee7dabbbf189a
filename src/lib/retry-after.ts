/**
 * Reads `Retry-After` (RFC 9110, section 10.2.3) as the RFC defines it, and as servers send it: with fractions, units, quotes,
 * as a timestamp, or several times.
 */
import { parseHttpDate } from './http-date.ts';

/** `299.997`, `5s`, `1m30s`; without a unit: seconds. */
const DURATION =
  /^\+?(?:\d+(?:\.\d*)?(?:e[+-]?\d+)?|(?:\d+(?:\.\d*)?\s*(?:ms|s(?:ec(?:ond)?s?)?|m(?:in(?:ute)?s?)?|h(?:(?:ou)?rs?)?)\s*)+)$/i;
const AMOUNT = /(\d+(?:\.\d*)?(?:e[+-]?\d+)?)\s*([a-z]*)/gi;
const WEEKDAYS = 'Mon|Tue|Wed|Thu|Fri|Sat|Sun';
/** Between values, not after the weekday of a date. */
const SEPARATOR = new RegExp(String.raw`(?<!\b(?:${WEEKDAYS})[a-z]*)[,;]`, 'i');
const DAY_MS = 86_400_000;
/** Of a header, in characters; the rest is ignored. */
const MAX_LENGTH = 256;

/**
 * How long to wait. Of several values the longest counts.
 * @param response the header's value, and the `Date` of the same response, because the two clocks may differ
 * @param nowMs epoch milliseconds, used when the response has no `Date`
 * @returns milliseconds, whole seconds rounded up; undefined when malformed, zero or in the past
 */
export function parseRetryAfter(
  response: { retryAfter: string; date: string | null | undefined },
  nowMs: number,
): number | undefined {
  const sentMs = parseHttpDate(response.date ?? '', nowMs) ?? nowMs;
  const waits = response.retryAfter
    .slice(0, MAX_LENGTH)
    .split(SEPARATOR)
    .map((value) => parseWait(value.replace(/^[\s"']+|[\s"']+$/g, ''), sentMs))
    .filter((wait) => wait !== undefined);
  const longest = Math.max(0, ...waits);
  return longest > 0 ? Math.ceil(longest / 1000) * 1000 : undefined;
}

function parseWait(value: string, sentMs: number): number | undefined {
  const atMs = DURATION.test(value) ? parseTimestamp(value, sentMs) : parseHttpDate(value, sentMs);
  if (atMs !== undefined) return atMs - sentMs;
  return DURATION.test(value) ? parseDuration(value) : undefined;
}

/** A time near the response's own, in seconds or milliseconds since 1970, is meant as such: as a delay it would be decades. */
function parseTimestamp(value: string, sentMs: number): number | undefined {
  const number = Number(value);
  return [number * 1000, number].find((atMs) => Math.abs(atMs - sentMs) < DAY_MS);
}

function parseDuration(value: string): number {
  const amounts = [...value.matchAll(AMOUNT)].map(
    ([, amount, unit = '']) => Number(amount) * getUnitMs(unit.toLowerCase()),
  );
  return amounts.reduce((sum, ms) => sum + ms, 0);
}

function getUnitMs(unit: string): number {
  if (unit === 'ms') return 1;
  if (unit.startsWith('m')) return 60_000;
  return unit.startsWith('h') ? 3_600_000 : 1000;
}
