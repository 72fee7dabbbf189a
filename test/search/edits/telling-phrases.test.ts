import { expect, test } from 'vitest';
import { listTellingPhrases } from '../../../src/search/edits/telling-phrases.ts';
import { extractTerms } from '../../../src/search/terms.ts';

const list = (prompt: string, getSize: (term: string) => number = () => 1) =>
  listTellingPhrases(extractTerms(prompt), getSize).map(({ node }) => node.terms.join(' '));

test('a prompt is told by its rarest words, then by its longest ones, without small ones', () => {
  expect(list('the red lighthouse at night')).toEqual(['lighthous', 'night', 'red']);
  expect(list('the red lighthouse at night', (term) => (term === 'red' ? 1 : 2))[0]).toBe('red');
  expect(list('to be or not to be')).not.toEqual([]);
  expect(list('')).toEqual([]);
});

test('where characters are terms, it is told by passages of the rarest ones, none of which overlap', () => {
  const frequent = new Set('一只的在');
  const passages = list('一只白色的猫坐在屋顶上看月亮', (term) => (frequent.has(term) ? 100 : 1));
  expect(passages).toEqual(['屋 顶 上 看 月', '白 色 的 猫 坐']);
});

test('what stands between two characters does not end a passage, a word does', () => {
  expect(list('白，猫')).toEqual(['白 猫']);
  expect(list('白 cat 猫')).toEqual(['cat', '白', '猫']);
});
