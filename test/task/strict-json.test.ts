import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tryParseJson } from '../../src/lib/parse-json.ts';
import { isObject } from '../../src/task/json-object.ts';
import { createObjectChecker } from '../../src/task/strict-json.ts';

function isOneObject(bytes: Uint8Array, cuts: readonly number[] = []): boolean {
  const checker = createObjectChecker();
  let at = 0;
  for (const length of [...cuts, bytes.length]) {
    checker.push(bytes.subarray(at, at + length));
    at += length;
  }
  return checker.end() === undefined;
}

const PIECES = [
  ...[
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    '\\',
    '"a":',
    '"b"',
    '\\u00e9',
    '\\u12',
    '\\n',
    '\\x',
    "'",
    ' ',
    '\n',
  ],
  ...[
    '\t',
    '\u0001',
    '\ufeff',
    '0',
    '-1',
    '01',
    '1.5e3',
    '1.',
    '.5',
    'e',
    'true',
    'null',
    'nul',
    'NaN',
    'é',
    '/',
  ],
];

test('what JSON.parse reads as an object is one, and nothing else is, wherever it is cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...PIECES)),
      fc.boolean(),
      fc.array(fc.nat(4)),
      (pieces, isOpen, cuts) => {
        const text = isOpen ? `{"x":${pieces.join('')}}` : pieces.join('');
        const isRead = isObject(tryParseJson(text.replace(/^\ufeff/, '')));
        expect(isOneObject(Buffer.from(text), cuts)).toBe(isRead);
      },
    ),
    { numRuns: 3000 },
  );
});

test('what JSON.stringify makes of an object is one, and it with one byte less is not', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(), (object, nth) => {
      const bytes = Buffer.from(JSON.stringify(object));
      expect(isOneObject(bytes)).toBe(true);
      expect(isOneObject(bytes.subarray(0, nth % bytes.length))).toBe(false);
    }),
  );
});

test('a character that is cut in two chunks is read, one that is never finished is not', () => {
  const bytes = Buffer.from('{"é":"😀"}');
  for (let at = 0; at <= bytes.length; at += 1) expect(isOneObject(bytes, [at])).toBe(true);
  expect(createObjectChecker().push(Buffer.from('{"a":"\xc3"}', 'latin1'))).toEqual({ kind: 'not-utf8' });
});

test('a number without end is not held in memory', () => {
  expect(createObjectChecker().push(Buffer.from(`{"a":${'1'.repeat(2000)}`))?.kind).toBe('syntax');
});
