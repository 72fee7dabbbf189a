import { Temporal } from '@js-temporal/polyfill';
import { describe, expect, test } from 'vitest';
import { createLocalTimeMatcher, isCronExpression } from '../../src/lib/cron.ts';
import { hasSkippedTime } from '../../src/lib/skipped-time.ts';

test.each(['0 0 31 * 1#1', '0 0 31 2 *', '0 0 30 2 *', '0 0 31 4,6,9,11 *', '0 0 * * 1#6', '0 0 32 * *'])(
  '%s names no time that will come, so it is no valid setting',
  (expression) => {
    expect(isCronExpression(expression)).toBe(false);
  },
);

test.each(['0 0 29 2 *', '0 3 * * *', '*/15 * * * * *', '0 0 L 2 *'])('%s is valid', (expression) => {
  expect(isCronExpression(expression)).toBe(true);
});

describe('a job at a time that the clocks skip', () => {
  const getOffsetMs = (zone: string) => (atMs: number) =>
    Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(zone).offsetNanoseconds / 1e6;

  /** Checks every ten seconds of three days around the date, as the schedule does. @returns when it ran */
  function listRuns(zone: string, date: string, expression: string): string[] {
    const middle = Date.parse(`${date}T12:00:00Z`);
    const runs: string[] = [];
    const matches = createLocalTimeMatcher(expression);
    for (let atMs = middle - 129_600_000; atMs < middle + 129_600_000; atMs += 10_000) {
      const span = { fromMs: atMs - 10_000, toMs: atMs };
      if (hasSkippedTime(span, getOffsetMs(zone), matches)) runs.push(new Date(atMs).toISOString());
    }
    return runs;
  }

  test.each([
    ['Europe/Berlin', '2026-03-29', '30 2 * * *', ['2026-03-29T01:00:00.000Z']],
    ['Europe/Berlin', '2026-03-29', '*/30 2 * * *', ['2026-03-29T01:00:00.000Z']],
    ['America/New_York', '2026-03-08', '0 2 * * *', ['2026-03-08T07:00:00.000Z']],
    ['Australia/Lord_Howe', '2026-10-03', '15 2 * * *', ['2026-10-03T15:30:00.000Z']],
    ['Australia/Lord_Howe', '2026-10-03', '45 2 * * *', []],
    ['Europe/Berlin', '2026-03-29', '30 1 * * *', []],
    ['Europe/Berlin', '2026-03-29', '0 3 * * *', []],
    ['Europe/Berlin', '2026-10-25', '30 2 * * *', []],
    ['Asia/Tokyo', '2026-03-29', '30 2 * * *', []],
  ])('runs once, right after it: %s %s %s', (zone, date, expression, runs) => {
    expect(listRuns(zone, date, expression)).toEqual(runs);
  });
});
