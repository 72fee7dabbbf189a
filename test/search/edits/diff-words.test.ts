import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DiffPart, diffWords } from '../../../src/search/edits/diff-words.ts';

const join = (parts: readonly DiffPart[], ...kinds: DiffPart['kind'][]) =>
  parts
    .filter(({ kind }) => kinds.includes(kind))
    .map(({ text }) => text)
    .join('');
/** `a [-red-]{+blue+} cat` */
const show = (parts: readonly DiffPart[]) =>
  parts
    .map(({ kind, text }) => (kind === 'same' ? text : kind === 'removed' ? `[-${text}-]` : `{+${text}+}`))
    .join('');

describe('the words that were changed', () => {
  test.each([
    ['a red cat', 'a blue cat', 'a [-red-]{+blue+} cat'],
    ['a cat', 'a cat, watercolour', 'a cat{+, watercolour+}'],
    ['a very old cat', 'a cat', 'a [-very old -]cat'],
    ['a cat', 'a cat', 'a cat'],
    ['', 'a cat', '{+a cat+}'],
    ['一只白色的猫在雪地里', '一只黑色的猫在雪地里', '一只[-白色-]{+黑色+}的猫在雪地里'],
    ['a 🐈 cat', 'a 🐕 cat', 'a [-🐈-]{+🐕+} cat'],
  ])('%s → %s', (from, to, shown) => {
    expect(show(diffWords(from, to))).toBe(shown);
  });

  const text = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 60 }),
    fc
      .array(fc.constantFrom('a', 'cat', 'red', ' ', ', ', '猫', '白色', '\n', 'e\u0301'), { maxLength: 30 })
      .map((words) => words.join('')),
  );

  test('make up both texts with the others, and none is empty or beside one of its kind', () => {
    fc.assert(
      fc.property(text, text, (from, to) => {
        const parts = diffWords(from, to);
        expect(join(parts, 'same', 'removed')).toBe(from);
        expect(join(parts, 'same', 'added')).toBe(to);
        expect(parts.every((part) => part.text !== '')).toBe(true);
        expect(parts.every(({ kind }, at) => kind !== parts[at + 1]?.kind)).toBe(true);
      }),
    );
  });

  test.each([
    ['Chinese', '一只猫，', '一只白色的猫', '一只黑色的猫', '一只[-白色-]{+黑色+}的猫'],
    ['English', 'a cat, ', 'a red cat', 'a blue cat', 'a [-red-]{+blue+} cat'],
  ])('are found wherever in a long text they are: %s', (_, filler, from, to, shown) => {
    const long = filler.repeat(10_000);
    expect(show(diffWords(long + from + long, long + to + long))).toBe(long + shown + long);
  });

  test('are found in bounded time, however long and different the texts are', () => {
    const make = (word: string) => Array.from({ length: 30_000 }, (_, at) => `${word}${at}`).join(' ');
    const from = `the same start ${make('a')} the same end`;
    const to = `the same start ${make('b')} the same end`;
    const parts = diffWords(from, to);
    expect(parts[0]).toMatchObject({ kind: 'same', text: expect.stringMatching(/^the same start/) });
    expect(join(parts, 'same', 'removed')).toBe(from);
    expect(join(parts, 'same', 'added')).toBe(to);
  });
});
