import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_COOLDOWN_MS } from '../../src/store/contract/circuit.ts';
import { type UpstreamAnswer, UpstreamError } from '../../src/upstream/errors.ts';
import { computeRetryDelay } from '../../src/upstream/retry.ts';
import { parseRetryAfterMs } from '../../src/upstream/retry-after.ts';
import { showFigure } from '../helpers/figure.ts';

const NOW = Date.UTC(2026, 2, 14, 12);

function failure(status: number, waitMs?: number): UpstreamError {
  const answer: UpstreamAnswer = { status, headers: new Headers(), body: new Uint8Array() };
  return new UpstreamError('status', 'failed', answer, waitMs);
}

describe('the retry table', () => {
  test.each([408, 409, 500, 502, 503, 504])(
    '%i is retried twice for the schedule, never for a caller',
    (status) => {
      expect(computeRetryDelay(failure(status), 1, 'background', () => 0.5)).toBe(1000);
      expect(computeRetryDelay(failure(status), 2, 'background', () => 0.5)).toBeUndefined();
      expect(computeRetryDelay(failure(status), 0, 'interactive', () => 0.5)).toBeUndefined();
    },
  );

  test.each([400, 401, 402, 403, 404, 413, 422, 429, 501])('%i is never retried', (status) => {
    expect(computeRetryDelay(failure(status), 0, 'background', () => 0)).toBeUndefined();
  });

  test('a broken connection is retried once, a timeout is not', () => {
    const broken = new UpstreamError('interrupted', 'broke');
    expect(computeRetryDelay(broken, 0, 'interactive', () => 0)).toBe(400);
    expect(computeRetryDelay(broken, 1, 'background', () => 0)).toBeUndefined();
    expect(computeRetryDelay(new UpstreamError('timeout', 'late'), 0, 'background', () => 0)).toBeUndefined();
  });

  test('a short Retry-After sets the delay, and a long one ends the retries', () => {
    expect(computeRetryDelay(failure(503, 3000), 0, 'background', () => 0)).toBe(3000);
    expect(computeRetryDelay(failure(503, 9000), 0, 'background', () => 0)).toBeUndefined();
  });
});

describe('Retry-After', () => {
  const wait = (value: string, date?: string) =>
    parseRetryAfterMs(new Headers({ 'retry-after': value, ...(date ? { date } : {}) }), NOW);
  const at = (offsetMs: number) => new Date(NOW + offsetMs).toUTCString();

  test.each([
    ['120', 120_000],
    [' 7 ', 7000],
    ['0', undefined],
    ['-1', undefined],
    ['1.5', undefined],
    ['soon', undefined],
    ['', undefined],
    ['999999999999', MAX_COOLDOWN_MS],
    [at(5000), 5000],
    [at(-5000), undefined],
    ['Sat, 99 Foo 2026 00:00:00 GMT', undefined],
  ])('%s', (value, ms) => {
    expect(wait(value)).toBe(ms);
  });

  test('a date is relative to the response’s own Date header, since the upstream’s clock may be wrong', () => {
    expect(wait(at(7_205_000), at(7_200_000))).toBe(5000);
  });

  test('is never negative, zero or endless', (context) => {
    let longest = 0;
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.integer().map(String),
          fc.date({ noInvalidDate: true }).map((d) => d.toUTCString()),
        ),
        (value) => {
          let headers: Headers;
          try {
            headers = new Headers({ 'retry-after': value });
          } catch {
            return; // not a header value at all
          }
          const ms = parseRetryAfterMs(headers, NOW);
          if (ms === undefined) return;
          expect(ms > 0 && ms <= MAX_COOLDOWN_MS).toBe(true);
          longest = Math.max(longest, ms);
        },
      ),
    );
    expect(longest).toBeGreaterThan(0);
    showFigure(context, `longest wait ${Math.round(longest / 60_000)} min`);
  });
});
