import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatMarksLine, isMarksLine, MalformedMarks, readMarksLine } from '../../src/files/marks-line.ts';
import type { ArchivedMarks } from '../../src/store/contract/marks.ts';
import type { TaskId } from '../../src/task/id.ts';
import {
  applyMarkChange,
  MAX_NOTE_CHARACTERS,
  MAX_RATING,
  MAX_TAGS,
  NO_MARKS,
  normalizeMarkChange,
  normalizeTag,
} from '../../src/task/marks.ts';

const NOW_MS = Date.UTC(2026, 2, 14);
const read = (text: string) => {
  const value: unknown = JSON.parse(text);
  if (!isMarksLine(value)) throw new Error('not a line of marks');
  return readMarksLine(value, NOW_MS);
};
const changed_at = '2026-03-01T00:00:00.000Z';
const readMarks = (marks: unknown) => read(JSON.stringify({ id: 'x', marks, changed_at }));

const isTag = (text: string) => {
  try {
    return normalizeTag(text) !== '';
  } catch {
    return false;
  }
};
const wellFormed = (maxLength: number) => fc.string({ unit: 'grapheme', maxLength });
const archivedMarks: fc.Arbitrary<ArchivedMarks> = fc
  .record({
    id: fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 128 }),
    starred: fc.boolean(),
    hidden: fc.boolean(),
    rating: fc.integer({ min: 0, max: MAX_RATING }),
    tags: fc.array(wellFormed(20).filter(isTag), { maxLength: 10 }),
    note: fc.oneof(wellFormed(200), fc.constantFrom('a\nb\r\nc', '\u2028', '{"id":1}', '\u0000', '=1+1')),
    changedAtMs: fc.integer({ min: 1, max: NOW_MS }),
  })
  .map(({ id, changedAtMs, ...marks }) => ({
    id: id as TaskId,
    changedAtMs,
    ...applyMarkChange(NO_MARKS, normalizeMarkChange(marks)),
  }));

test('what is written is read again, from one line', () => {
  fc.assert(
    fc.property(archivedMarks, (marks) => {
      const line = formatMarksLine(marks);
      expect(line.indexOf('\n')).toBe(line.length - 1);
      expect(read(line)).toEqual(marks);
      expect(formatMarksLine(read(line))).toBe(line);
    }),
  );
});

test('has the members of the format in this order', () => {
  const marks = { id: 'x' as TaskId, changedAtMs: NOW_MS, ...NO_MARKS, starred: true, tags: ['poster'] };
  expect(formatMarksLine({ ...marks, version: 3 } as ArchivedMarks)).toBe(
    '{"id":"x","marks":{"starred":true,"rating":0,"tags":["poster"],"note":"","hidden":false},"changed_at":"2026-03-14T00:00:00.000Z"}\n',
  );
});

test('no document is taken for marks', () => {
  for (const value of [
    { id: 'x', request: {}, marks: {} },
    { id: 'x', response: {}, marks: {} },
    { id: 'x', created_at: 1 },
    [{ id: 'x', marks: {} }],
    'marks',
    null,
  ])
    expect(isMarksLine(value)).toBe(false);
});

describe('reading', () => {
  test('normalizes tags, and takes absent marks for none', () => {
    expect(readMarks({ tags: ['Two  Words', 'two words', 'A'] })).toEqual({
      ...NO_MARKS,
      id: 'x',
      tags: ['a', 'two words'],
      changedAtMs: Date.parse(changed_at),
    });
  });

  test('takes a time in the future for now, so that later changes count', () => {
    expect(read('{"id":"x","marks":{},"changed_at":"2999-01-01T00:00:00Z"}').changedAtMs).toBe(NOW_MS);
  });

  test.each<[string, unknown, RegExp]>([
    ['no object', 3, /must be an object/],
    ['a rating that is too high', { rating: 11 }, /from 0 to 5/],
    ['half a rating', { rating: 1.5 }, /from 0 to 5/],
    ['a star that is a number', { starred: 1 }, /true or false/],
    ['null', { hidden: null }, /true or false/],
    ['a tag with control characters', { tags: ['a\u0007b'] }, /without control characters/],
    ['an empty tag', { tags: [' '] }, /1 to 64 characters/],
    ['a tag that is a number', { tags: [1] }, /list of texts/],
    ['too many tags', { tags: Array.from({ length: MAX_TAGS + 1 }, (_, n) => `t${n}`) }, /at most 100 tags/],
    ['a note that is too long', { note: 'x'.repeat(MAX_NOTE_CHARACTERS + 1) }, /at most 10000 characters/],
    ['an unknown mark', { color: 'red' }, /nothing else/],
    ['a prototype', JSON.parse('{"__proto__":{"starred":true}}'), /nothing else/],
  ])('refuses %s', (_what, marks, reason) => {
    expect(() => readMarks(marks)).toThrow(MalformedMarks);
    expect(() => readMarks(marks)).toThrow(reason);
  });

  test.each([
    undefined,
    null,
    0,
    1_773_400_000,
    'yesterday',
    '2026-03',
    '2026-13-01T00:00:00Z',
    '1969-01-01T00:00:00Z',
  ])('refuses the time %j', (time) => {
    expect(() => read(JSON.stringify({ id: 'x', marks: {}, changed_at: time }))).toThrow(/must be a time/);
  });

  test.each([undefined, '', 7, 'a\nb', 'x'.repeat(129)])('refuses the id %j', (id) => {
    expect(() => read(JSON.stringify({ id, marks: {}, changed_at }))).toThrow(/id of a task/);
  });
});
