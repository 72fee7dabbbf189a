import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isTooDeep, MAX_DEPTH, sliceArray } from '../../src/task/slices.ts';

/** JSON text with white space that JSON.stringify would not make, and numbers that it would change. */
const spaced = fc
  .tuple(fc.json({ maxDepth: 4 }), fc.constantFrom('', ' ', '\n\t', '\r\n  '))
  .map(([text, space]) =>
    text.replaceAll(/([[\]{},:])(?=(?:[^"\\]|\\.|"(?:[^"\\]|\\.)*")*$)/g, `$1${space}`).trim(),
  );
const literal = fc.constantFrom(
  '1.0',
  '1E+3',
  '-0',
  '12345678901234567890',
  '"\\u00e9\\/"',
  '"]},{"',
  '"\\\\"',
  '{"a":1,"a":2}',
);
const element = fc.oneof(spaced, literal);

describe('sliceArray', () => {
  test('returns exactly the texts of the array elements', () => {
    fc.assert(
      fc.property(fc.array(element), fc.constantFrom(',', ' , ', ',\n'), (elements, comma) => {
        expect(sliceArray(`[ ${elements.join(comma)} ]`)).toEqual(elements);
      }),
    );
  });

  test('finds the array of one member among others', () => {
    fc.assert(
      fc.property(fc.array(element), element, element, (elements, before, after) => {
        const text = `{"before":${before}, "items" : [${elements.join(',')}],"after":${after}}`;
        expect(sliceArray(text, 'items')).toEqual(elements);
      }),
    );
  });

  test.each([
    ['{}', undefined],
    ['{"items":7}', undefined],
    ['{"items":[1],"items":[2]}', ['2']],
    ['{"items":[1],"items":{}}', undefined],
    ['{"x":{"items":[1]}}', undefined],
    ['{"\\u0069tems":[1]}', ['1']],
    ['[]', undefined],
  ])('%s', (text, slices) => {
    expect(sliceArray(text, 'items')).toEqual(slices);
  });

  test('does not overflow the stack on deep input', () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    expect(sliceArray(`[${deep}]`)).toEqual([deep]);
    expect(isTooDeep(deep)).toBe(true);
  });
});

test('isTooDeep counts nested brackets, but not those in strings or side by side', () => {
  const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
  expect(isTooDeep('7')).toBe(false);
  expect([isTooDeep(nested(MAX_DEPTH)), isTooDeep(nested(MAX_DEPTH + 1))]).toEqual([false, true]);
  expect(isTooDeep(JSON.stringify({ a: [{ b: '{['.repeat(MAX_DEPTH) }] }))).toBe(false);
  expect(isTooDeep(JSON.stringify(Array.from({ length: 100 }, () => [{}])))).toBe(false);
});
