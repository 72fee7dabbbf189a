import { expect, test } from 'vitest';
import { foldTag, normalizeMarkChange } from '../../src/task/marks.ts';

test('what is folded stays the same when it is folded again, whatever the character', () => {
  const unstable: string[] = [];
  for (let code = 0x20; code <= 0x10_ffff; code += 1) {
    const character = String.fromCodePoint(code);
    for (const text of [character, `a${character}`, `${character}\u0301`, `A${character}\u0345`]) {
      const folded = foldTag(text);
      if (foldTag(folded) !== folded) unstable.push(text);
    }
  }
  expect(unstable).toEqual([]);
});

test.each([
  ['STRA\u1e9eE', 'stra\u00dfe'],
  ['\u039f\u03a3', '\u03bf\u03c2'],
  ['Poster', 'POSTER'],
  ['e\u0301', '\u00c9'],
])('%j is the tag %j', (one, other) => {
  expect(foldTag(one)).toBe(foldTag(other));
});

test('a note is kept in the form in which it is stored', () => {
  expect(normalizeMarkChange({ note: 'a\ud800b' }).note).toBe('a\ufffdb');
});
