import { expect, test } from 'vitest';
import { needsFold } from '../../../src/web/view/prompt-fold.ts';

test.each([
  ['a cat', false],
  ['', false],
  ['word '.repeat(60), false],
  ['word '.repeat(70), true],
  ['猫'.repeat(160), false],
  ['猫'.repeat(170), true],
  ['one\ntwo\nthree', false],
  ['one\ntwo\nthree\nfour', true],
])('by the room that it takes: %j', (prompt, isFolded) => {
  expect(needsFold(prompt)).toBe(isFolded);
});
