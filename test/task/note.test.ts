/** Notes as they are stored. */
import { expect, test } from 'vitest';
import { normalizeNote } from '../../src/task/note.ts';

test.each([
  ['keeps line breaks and tabs', 'one\n\ttwo\r\nthree\u2028 ', 'one\n\ttwo\r\nthree\u2028 '],
  ['leaves out other control characters', 'a\u0000b\u0007c\u001b[31md\u007fe\u009ff', 'abc[31mdef'],
  ['leaves out what reverses text', '\u202eabc\u2066d\u200f\u061c', 'abcd'],
  ['keeps emoji, and joiners inside of them', '👩\u200d🎨 é', '👩\u200d🎨 é'],
  ['of nothing that is seen is none', ' \u0000\u202e\r\n\t', ''],
  ['replaces half of a character', 'a\ud800b', 'a\ufffdb'],
])('a note %s', (_what, text, note) => {
  expect(normalizeNote(text)).toBe(note);
  expect(normalizeNote(note)).toBe(note);
});
