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
    ['1.5', 2000], // rounded up
    ['soon', undefined],
    ['', undefined],
    ['999999999999', MAX_COOLDOWN_MS],
    [at(5000), 5000],
    [at(-5000), undefined],
    ['Sat, 99 Foo 2026 00:00:00 GMT', undefined],
    ['299.997', 300_000],
    ['0.2', 1000],
    ['0.0', undefined],
    ['7.', 7000],
    ['+7', 7000],
    ['"7"', 7000],
    ['" 7 "', 7000],
    ['5s', 5000],
    ['5 seconds', 5000],
    ['1500ms', 2000],
    ['2 min', 120_000],
    ['1m30s', 90_000],
    ['5, 7', 7000],
    ['7, 5', 7000],
    ['soon, 5', 5000],
    ['5; comment', 5000],
    ['1e2', 100_000],
    ['1e999', MAX_COOLDOWN_MS],
    ['-5s', undefined],
    ['5 parsecs', undefined],
    ['NaN', undefined],
    ['Infinity', undefined],
    ['0x10', undefined],
    // The three forms of RFC 9110, and others that mean the same.
    ['Sat, 14 Mar 2026 12:00:05 GMT', 5000],
    ['Saturday, 14-Mar-26 12:00:05 GMT', 5000],
    ['Sat Mar 14 12:00:05 2026', 5000],
    ['Sat Mar  4 12:00:05 2026', undefined],
    ['sat, 14 mar 2026 12:00:05 gmt', 5000],
    ['Sat, 14 Mar 2026 12:00:05 UTC', 5000],
    ['Sat, 14 Mar 2026 13:00:05 +0100', 5000],
    ['14 Mar 2026 12:00:05 GMT', 5000],
    ['Sat, 14 Mar 2026 12:00:05', 5000],
    ['2026-03-14T12:00:05Z', 5000],
    ['Saturday, 14-Mar-25 12:00:05 GMT', undefined],
    ['Saturday, 14-Mar-80 12:00:05 GMT', undefined], // 1980
    ['Tue, 31 Feb 2026 12:00:05 GMT', undefined],
    ['Sat, 14 Mar 2026 25:00:05 GMT', undefined],
    ['Sat, 14 Mar 2026 12:00:05 GMT, Sat, 14 Mar 2026 12:00:09 GMT', 9000],
    [String(NOW / 1000 + 5), 5000],
    [String(NOW + 5000), 5000],
    [String(NOW / 1000 - 5), undefined],
  ])('%s', (value, ms) => {
    expect(wait(value)).toBe(ms);
  });

  test('a date is relative to the response’s own Date header, since the upstream’s clock may be wrong', () => {
    expect(wait(at(7_205_000), at(7_200_000))).toBe(5000);
  });

  test('a date without a zone is UTC, whatever the zone of the machine', () => {
    const zone = process.env.TZ;
    try {
      process.env.TZ = 'America/New_York';
      expect(wait('Sat Mar 14 12:00:05 2026')).toBe(5000);
      expect(wait(at(7_205_000), 'Sat Mar 14 14:00:00 2026')).toBe(5000);
    } finally {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
    }
  });

  test('of several header lines is the longest', () => {
    const headers = new Headers([
      ['retry-after', '5'],
      ['retry-after', at(9000)],
      ['retry-after', 'soon'],
    ]);
    expect(parseRetryAfterMs(headers, NOW)).toBe(9000);
  });

  test('is never negative, zero or endless', (context) => {
    let longest = 0;
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.integer().map(String),
          fc.double().map(String),
          fc.stringMatching(/^[0-9.,;:+\-emsh" TZGMaru]{0,40}$/),
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
