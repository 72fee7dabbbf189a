import { Temporal } from '@js-temporal/polyfill';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { findLocalTime, hasSkippedTime } from '../../src/lib/clock-changes.ts';
import { createLocalTimeMatcher, isCronExpression, runsEveryHour, startCron } from '../../src/lib/cron.ts';
import { createLog } from '../../src/lib/log.ts';

test.each(['0 0 31 * 1#1', '0 0 31 2 *', '0 0 30 2 *', '0 0 31 4,6,9,11 *', '0 0 * * 1#6', '0 0 32 * *'])(
  '%s names no time that will come, so it is no valid setting',
  (expression) => {
    expect(isCronExpression(expression)).toBe(false);
  },
);

test.each(['0 0 29 2 *', '0 3 * * *', '*/15 * * * * *', '0 0 L 2 *'])('%s is valid', (expression) => {
  expect(isCronExpression(expression)).toBe(true);
});

const getOffsetMs = (zone: string) => (atMs: number) =>
  Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(zone).offsetNanoseconds / 1e6;

describe('an hour that comes twice', () => {
  /** @returns what is found from one time to the next */
  function listTimes(zone: string, expression: string, from: string, to: string): string[] {
    const matches = createLocalTimeMatcher(expression);
    const times: string[] = [];
    let fromMs = Date.parse(from);
    for (;;) {
      const atMs = findLocalTime({ fromMs, toMs: Date.parse(to) }, getOffsetMs(zone), matches);
      if (atMs === undefined) return times;
      times.push(new Date(atMs).toISOString().slice(11, 19));
      fromMs = atMs;
    }
  }

  test('does not stop what runs every hour', () => {
    expect(
      listTimes('Europe/Berlin', '*/20 * * * *', '2026-10-24T23:50:00Z', '2026-10-25T02:10:00Z'),
    ).toEqual(['00:00:00', '00:20:00', '00:40:00', '01:00:00', '01:20:00', '01:40:00', '02:00:00']);
    expect(
      listTimes('Australia/Lord_Howe', '*/15 * * * * *', '2026-04-04T14:59:40Z', '2026-04-04T15:00:31Z'),
    ).toEqual(['14:59:45', '15:00:00', '15:00:15', '15:00:30']);
  });

  test.each([
    ['*/15 * * * * *', 4],
    ['*/30 2 * * *', 0],
  ])('%s runs %i times in the first minute of it', async (expression, expected) => {
    const zone = process.env.TZ;
    process.env.TZ = 'Europe/Berlin';
    vi.useFakeTimers({ now: Date.parse('2026-10-24T23:59:58Z') });
    onTestFinished(() => {
      vi.useRealTimers();
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
    });
    let runs = 0;
    const countRun = async () => {
      runs += 1;
    };
    const schedule = startCron(expression, countRun, createLog({ level: 'silent', format: 'json' }));
    await vi.advanceTimersByTimeAsync(60_000);
    await schedule.stop();
    expect(runs).toBe(expected);
  });

  test.each([
    ['*/15 * * * * *', true],
    ['0 * * * *', true],
    ['0 */2 * * *', true],
    ['30 2 * * *', false],
    ['0 30 2 * * *', false],
    ['* 0-5 * * *', false],
    ['* 2,14 * * *', false],
  ])('%s runs every hour: %s', (expression, expected) => {
    expect(runsEveryHour(expression)).toBe(expected);
  });
});

describe('a job at a time that the clocks skip', () => {
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
