import { expect, test } from 'vitest';
import { sumQuarters } from '../../../src/store/rules/tally-facets.ts';

const QUARTER_MS = 900_000;

test('a histogram has the periods of its tasks, and tasks that are thousands of years apart cost no more', () => {
  const far = Date.UTC(9999, 5, 1, 12);
  const times = [0, 3_600_000, 30 * 3_600_000, 31 * 86_400_000, far, far + 86_400_000];
  const started = process.cpuUsage();
  const bars = sumQuarters(
    times.map((ms) => [Math.floor(ms / QUARTER_MS), 1]),
    { by: 'day', timeZone: 'Europe/Berlin' },
  );
  const { user, system } = process.cpuUsage(started);
  expect(bars.map(({ fromMs, count }) => [new Date(fromMs).toISOString(), count])).toEqual([
    ['1969-12-31T23:00:00.000Z', 2],
    ['1970-01-01T23:00:00.000Z', 1],
    ['1970-01-31T23:00:00.000Z', 1],
    ['9999-05-31T22:00:00.000Z', 1],
    ['9999-06-01T22:00:00.000Z', 1],
  ]);
  // The days between are three million: half a minute.
  expect(user + system).toBeLessThan(3_000_000);
});
