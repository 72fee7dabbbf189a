import { expect, test } from 'vitest';
import { extractTerms, MAX_INDEXED_CHARACTERS } from '../../src/search/terms.ts';
import { measureCpuMs } from '../helpers/cpu-time.ts';

const fill = (text: string) => text.repeat(Math.ceil(MAX_INDEXED_CHARACTERS / text.length));

test.each([
  ['marks', fill('\u0301\u0327')],
  ['marks of four classes', fill('\u093c\u0301\u0327\u0323')],
  ['jamo', fill('\u1100\u1161')],
  ['one word', fill('a')],
  ['letters that become eighteen', fill('\ufdfa')],
  [
    'different characters',
    Array.from({ length: 40_000 }, (_, at) => String.fromCodePoint(0x20000 + at)).join(''),
  ],
  ['lone surrogates', fill('\ud800')],
])('the terms of the longest prompt take no longer than a second: %s', async (_, text) => {
  // With the marks of one letter sorted all at once, it took ten.
  expect(await measureCpuMs(() => extractTerms(`a${text}`))).toBeLessThan(3000);
});
