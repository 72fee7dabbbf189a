/** When a token expires, as given on the command line. */
import { parseDuration } from '../config/duration.ts';
import { CommandFailed, EXIT } from './failure.ts';

const DATE = /^\d{4}-\d{2}-\d{2}$/;
/** With a zone: without one, it would depend on the machine. */
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;
/** The longest that a Date can hold. */
const MAX_TIME_MS = 8.64e15;

/**
 * @param text a duration such as `30d`, a date (its start in UTC), or a time in ISO 8601
 * @returns epoch milliseconds
 * @throws CommandFailed unless it is one, in the future
 */
export function parseExpiry(text: string, nowMs: number): number {
  const expiresAtMs = readTime(text.trim(), nowMs);
  if (expiresAtMs === undefined || expiresAtMs > MAX_TIME_MS)
    throw createError(
      text,
      'a duration such as 12h or 30d, a date such as 2027-01-01, or a time with its zone',
    );
  if (expiresAtMs <= nowMs) throw createError(text, 'a time in the future');
  return expiresAtMs;
}

function readTime(text: string, nowMs: number): number | undefined {
  const duration = parseDuration(text);
  if (duration !== undefined) return nowMs + duration;
  if (!DATE.test(text) && !INSTANT.test(text)) return undefined;
  const day = text.slice(0, 10);
  // Date accepts February 30 and makes it March.
  const startMs = Date.parse(`${day}T00:00Z`);
  if (Number.isNaN(startMs) || !new Date(startMs).toISOString().startsWith(day)) return undefined;
  const timeMs = Date.parse(text);
  return Number.isNaN(timeMs) ? undefined : timeMs;
}

function createError(text: string, allowed: string): CommandFailed {
  return new CommandFailed(
    `--expires: ${JSON.stringify(text)} can't be used; allowed: ${allowed}`,
    EXIT.usage,
  );
}
