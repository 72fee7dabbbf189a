import { expect, test } from 'vitest';
import { shortenDiff } from '../../../src/web/view/shorten-diff.ts';

const LONG = 'x'.repeat(1000);

test('what is the same is cut in its middle, and at the ends of the prompt beside no change', () => {
  const cut = shortenDiff([
    { kind: 'same', text: `start${LONG}` },
    { kind: 'removed', text: 'cat' },
    { kind: 'same', text: LONG },
    { kind: 'added', text: 'dog' },
    { kind: 'same', text: `${LONG}end` },
  ]);
  expect(cut.map(({ text }) => text)).toEqual([
    ` … ${'x'.repeat(160)}`,
    'cat',
    `${'x'.repeat(160)} … ${'x'.repeat(160)}`,
    'dog',
    `${'x'.repeat(160)} … `,
  ]);
});

test('what is short stays as it is', () => {
  const diff = [
    { kind: 'same', text: 'a cat on a roof, '.repeat(10) },
    { kind: 'added', text: 'watercolour' },
  ] as const;
  expect(shortenDiff(diff)).toEqual(diff);
});

test('what was changed is shown, unless it is very long; no character is cut in two', () => {
  const [short, long] = shortenDiff([
    { kind: 'removed', text: LONG },
    { kind: 'added', text: `y${'🐈'.repeat(2000)}` },
  ]);
  expect(short?.text).toBe(LONG);
  expect(long?.text.length).toBeLessThanOrEqual(2003);
  expect(long?.text.isWellFormed()).toBe(true);
});
