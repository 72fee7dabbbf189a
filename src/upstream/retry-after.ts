/** `Retry-After`, in both of its forms (RFC 9110, section 10.2.3): seconds, or a date. */
import { MAX_COOLDOWN_MS } from '../store/contract/circuit.ts';

/**
 * How long to wait; never longer than MAX_COOLDOWN_MS, whatever the header says.
 * A date is compared with the answer's own `Date`, because the two clocks may differ.
 * @param nowMs epoch milliseconds, used when the answer has no date
 * @returns milliseconds from 1 to MAX_COOLDOWN_MS; undefined when absent, unreadable, zero or past
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

/** Only the form with names in it: `Date.parse` would take `-1` for a year. */
function parseHttpDate(value: string): number {
  return /^[A-Za-z]{3},? /.test(value) ? Date.parse(value) : Number.NaN;
}
