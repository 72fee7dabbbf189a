import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeCursor, encodeCursor } from '../../src/search/cursor.ts';
import { isTimeZone, parseDate } from '../../src/search/dates.ts';

const NOW = Date.UTC(2026, 2, 14, 12);
const iso = (text: string, zone = 'UTC') => {
  const range = parseDate(text, zone, NOW);
  return range && [new Date(range.fromMs).toISOString(), new Date(range.toMs).toISOString()];
};

describe('dates', () => {
  test.each([
    ['2026', '2026-01-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
    ['2026-02', '2026-02-01T00:00:00.000Z', '2026-03-01T00:00:00.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z', '2024-03-01T00:00:00.000Z'],
    ['today', '2026-03-14T00:00:00.000Z', '2026-03-15T00:00:00.000Z'],
    ['Yesterday', '2026-03-13T00:00:00.000Z', '2026-03-14T00:00:00.000Z'],
    ['7d', '2026-03-07T12:00:00.000Z', '2026-03-07T12:00:00.000Z'],
    ['24h', '2026-03-13T12:00:00.000Z', '2026-03-13T12:00:00.000Z'],
    ['2w', '2026-02-28T12:00:00.000Z', '2026-02-28T12:00:00.000Z'],
    ['1m', '2026-02-14T12:00:00.000Z', '2026-02-14T12:00:00.000Z'],
    ['2026-03-14T01:02:03Z', '2026-03-14T01:02:03.000Z', '2026-03-14T01:02:03.000Z'],
    ['2026-03-14T01:02+08:00', '2026-03-13T17:02:00.000Z', '2026-03-13T17:02:00.000Z'],
  ])('%s', (text, from, to) => {
    expect(iso(text)).toEqual([from, to]);
  });

  test('follow the time zone, on days of 23 and 25 hours too', () => {
    expect(iso('2026-03-29', 'Europe/Berlin')).toEqual([
      '2026-03-28T23:00:00.000Z',
      '2026-03-29T22:00:00.000Z',
    ]);
    expect(iso('2026-10-25', 'Europe/Berlin')).toEqual([
      '2026-10-24T22:00:00.000Z',
      '2026-10-25T23:00:00.000Z',
    ]);
    expect(iso('2026-03-14T08:00', 'Asia/Shanghai')).toEqual([
      '2026-03-14T00:00:00.000Z',
      '2026-03-14T00:00:00.000Z',
    ]);
  });

  test.each(['', 'cat', '2026-13', '2026-02-30', '20260', '7x', '-1d', '1e5', '2026-3-32'])(
    '%j is not a date',
    (text) => {
      expect(parseDate(text, 'UTC', NOW)).toBeUndefined();
    },
  );

  test('any text is parsed without an error', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9tTzZdwmyh:+ -]{0,24}$/)), (text) => {
        const range = parseDate(text, 'Europe/Berlin', NOW);
        if (range) expect(range.toMs).toBeGreaterThanOrEqual(range.fromMs);
      }),
    );
  });

  test('time zones', () => {
    expect(['UTC', 'Asia/Tokyo', '+08:00'].map(isTimeZone)).toEqual([true, true, true]);
    expect(['', 'Mars', '../etc'].map(isTimeZone)).toEqual([false, false, false]);
  });
});

describe('cursors', () => {
  const ranking = {
    score: 1.25,
    newestMs: 5,
    oldestMs: 1,
    weights: [0.1, 2.5e-7] as number[],
    averageLength: 12.5,
    nowMs: 9,
    ranked: 'newest' as const,
  };

  test('are decoded, for their own order only', () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 41 }), fc.string({ maxLength: 128 }), (createdAtMs, id) => {
        const cursor = { sort: 'relevance', createdAtMs, id: id.toWellFormed(), ranking } as const;
        const text = encodeCursor(cursor);
        expect(text).toMatch(/^[\w-]+$/);
        expect(decodeCursor(text, 'relevance')).toEqual(cursor);
        expect(decodeCursor(text, 'oldest')).toBeUndefined();
      }),
    );
  });

  test('are rejected when they are anything else', () => {
    const forged = [
      '{}',
      '[]',
      'null',
      '7',
      '{"sort":"newest"}',
      '{"sort":"newest","createdAtMs":"1","id":"a"}',
    ];
    for (const text of forged)
      expect(decodeCursor(Buffer.from(text).toString('base64url'), 'newest')).toBeUndefined();
    fc.assert(fc.property(fc.string(), (text) => decodeCursor(text, 'newest') === undefined));
  });
});
