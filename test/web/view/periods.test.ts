/** The days and months of charts. */
import { describe, expect, test } from 'vitest';
import { getDay, listLastPeriods } from '../../../src/web/view/periods.ts';

const at = (iso: string, timeZone = 'UTC') => ({ nowMs: Date.parse(iso), timeZone });

describe('listLastPeriods', () => {
  test('has every day up to today, those without tasks too', () => {
    const items = [
      { period: '2026-02-28', count: 3, cost: 0.4 },
      { period: '2025-01-01', count: 9, cost: 1 },
    ];
    expect(listLastPeriods({ by: 'day', items }, 3, at('2026-03-01T12:00:00Z'))).toEqual([
      { period: '2026-02-27', count: 0, cost: null },
      { period: '2026-02-28', count: 3, cost: 0.4 },
      { period: '2026-03-01', count: 0, cost: null },
    ]);
  });

  test('has every month up to this one, over the turn of the year', () => {
    const periods = listLastPeriods({ by: 'month', items: [] }, 4, at('2026-02-28T23:59:59Z'));
    expect(periods.map(({ period }) => period)).toEqual(['2025-11', '2025-12', '2026-01', '2026-02']);
  });

  test('skips and repeats no day when the clocks change', () => {
    const periods = listLastPeriods(
      { by: 'day', items: [] },
      400,
      at('2026-11-26T22:30:00Z', 'Europe/Berlin'),
    );
    const days = periods.map(({ period }) => period);
    expect(new Set(days).size).toBe(400);
    expect([days[0], days.at(-1)]).toEqual(['2025-10-23', '2026-11-26']);
  });
});

test.each([
  ['2026-11-26T23:30:00Z', 'Europe/Berlin', '2026-11-27'],
  ['2026-11-26T03:30:00Z', 'America/New_York', '2026-11-25'],
  ['2026-11-26T12:00:00Z', 'Pacific/Kiritimati', '2026-11-27'],
])('the day at %s in %s is %s', (iso, timeZone, day) => {
  expect(getDay(Date.parse(iso), timeZone)).toBe(day);
});
