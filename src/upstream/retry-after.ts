/** How long the upstream asks to wait. */
import { parseRetryAfter } from '../lib/retry-after.ts';
import { MAX_COOLDOWN_MS } from '../store/contract/circuit.ts';

/** @returns milliseconds from 1 to MAX_COOLDOWN_MS; undefined when absent, malformed, zero or in the past */
export function parseRetryAfterMs(headers: Headers, nowMs: number): number | undefined {
  const retryAfter = headers.get('retry-after');
  if (retryAfter === null) return undefined;
  const wait = parseRetryAfter({ retryAfter, date: headers.get('date') }, nowMs);
  return wait === undefined ? undefined : Math.min(wait, MAX_COOLDOWN_MS);
}
