/** Parses `Retry-After` in both forms (RFC 9110, section 10.2.3): seconds or a date. */
import { MAX_COOLDOWN_MS } from '../store/contract/circuit.ts';

/**
 * How long to wait, capped at MAX_COOLDOWN_MS.
 * A date is compared with the response's own `Date`, because the two clocks may differ.
 * @param nowMs epoch milliseconds, used when the response has no `Date`
 * @returns milliseconds from 1 to MAX_COOLDOWN_MS; undefined when absent, malformed, zero or in the past
 */
export function parseRetryAfterMs(headers: Headers, nowMs: number): number | undefined {
  const value = headers.get('retry-after')?.trim();
  if (!value) return undefined;
  const wait = /^\d+$/.test(value)
    ? Number(value) * 1000
    : parseHttpDate(value) - (readDate(headers) ?? nowMs);
  return wait > 0 ? Math.min(wait, MAX_COOLDOWN_MS) : undefined;
}

function readDate(headers: Headers): number | undefined {
  const date = parseHttpDate(headers.get('date') ?? '');
  return Number.isNaN(date) ? undefined : date;
}

/** Requires a weekday name: `Date.parse` would accept `-1` as a year. */
function parseHttpDate(value: string): number {
  return /^[A-Za-z]{3},? /.test(value) ? Date.parse(value) : Number.NaN;
}
