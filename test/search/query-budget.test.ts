import { describe, expect, test } from 'vitest';
import { collectWantedText, type QueryNode } from '../../src/search/ast.ts';
import { findHighlights } from '../../src/search/highlights.ts';
import { parseQuery } from '../../src/search/parser.ts';
import { MAX_QUERY_CHARACTERS, MAX_QUERY_PARTS, MAX_QUERY_PREFIXES } from '../../src/search/query-budget.ts';
import { extractTerms, MAX_INDEXED_CHARACTERS } from '../../src/search/terms.ts';
import { SEARCH_CONTEXT } from '../helpers/search.ts';

const parse = (text: string) => parseQuery(text, SEARCH_CONTEXT);

function countLeaves(node: QueryNode): number {
  if (node.kind === 'not') return countLeaves(node.part);
  if (node.kind === 'and' || node.kind === 'or')
    return node.parts.reduce((sum, part) => sum + countLeaves(part), 0);
  return node.kind === 'phrase' ? node.terms.length : node.kind === 'prefix' ? node.terms.length + 1 : 1;
}

describe('a query has as many parts as may be read, however it is written', () => {
  const letters = Array.from({ length: 330 }, (_, at) =>
    String.fromCodePoint(0x3b1 + (at % 24), 0x61 + (at % 26)),
  );
  const numbers = Array.from({ length: 240 }, (_, at) => String(at + 1));
  test.each([
    ['a word, repeated', 'a '.repeat(500), 1],
    ['a prefix, repeated', 'a* '.repeat(330), 1],
    ['a negation, repeated', 'cat -a* '.repeat(120), 2],
    ['alternatives, repeated', 'a OR '.repeat(180), 2], // the last OR is a word
    ['a group, repeated', '(a b) '.repeat(160), 2],
    ['an operator, repeated', 'model:x '.repeat(120), 1],
    ['many prefixes', letters.map((two) => `${two}*`).join(' '), MAX_QUERY_PREFIXES],
    ['many negated prefixes', letters.map((two) => `-${two}*`).join(' '), MAX_QUERY_PREFIXES],
    [
      'many alternative prefixes',
      letters
        .slice(0, 100)
        .map((two) => `${two}*`)
        .join(' OR '),
      MAX_QUERY_PREFIXES,
    ],
    ['many words', numbers.join(' '), MAX_QUERY_PARTS],
    ['many alternatives', numbers.join(' OR '), MAX_QUERY_PARTS],
    ['many negated words', numbers.map((word) => `-${word}`).join(' '), MAX_QUERY_PARTS],
    ['many operators', numbers.map((seed) => `seed:${seed}`).join(' '), MAX_QUERY_PARTS],
    ['many dates', numbers.map((days) => `after:${days}d`).join(' '), MAX_QUERY_PARTS],
    ['a long phrase', `"${numbers.join(' ')}"`, MAX_QUERY_PARTS],
    ['a long phrase before a star', `${numbers.join('/')}/a*`, 0],
    ['a run of Chinese', '猫'.repeat(900), MAX_QUERY_PARTS],
    ['many phrases', numbers.map((word) => `"${word} x"`).join(' '), MAX_QUERY_PARTS],
  ])('%s', (_, text, limit) => {
    const { parts, notes } = parse(text);
    expect(parts.reduce((sum, part) => sum + countLeaves(part), 0)).toBeLessThanOrEqual(Math.max(limit, 1));
    if (limit >= MAX_QUERY_PREFIXES) expect(notes.join()).toMatch(/only the first \d+ (words|characters)/);
  });

  test('and says in a note what was not read', () => {
    expect(
      parse(
        letters
          .slice(0, 20)
          .map((two) => `${two}*`)
          .join(' '),
      ).notes,
    ).toEqual([`only the first ${MAX_QUERY_PREFIXES} words with * were read`]);
    expect(parse(numbers.slice(0, 70).join(' ')).notes).toEqual([
      `only the first ${MAX_QUERY_PARTS} words and operators were read`,
    ]);
    expect(parse('x'.repeat(MAX_QUERY_CHARACTERS + 1)).notes).toHaveLength(1);
    expect(parse('a* a* a* a* a* a* a* a* a* a*').notes).toEqual([]);
  });

  test('and a negation that can only be read in part is left out: it would exclude more', () => {
    const many = numbers.slice(0, 63).join(' ');
    expect(parse(`${many} -(x y)`).parts).toHaveLength(63);
    expect(parse(`${many} -"x y"`).parts).toHaveLength(63);
    expect(parse(`${many} -x`).parts).toHaveLength(64);
    expect(parse(`${many} "x y"`).parts.at(-1)).toEqual({ kind: 'phrase', terms: ['x'] });
  });
});

describe('highlights', () => {
  test('of a word typed five hundred times, in a prompt that repeats it 100,000 times, are bounded', () => {
    const query = parse('a '.repeat(500));
    expect(collectWantedText(query)).toEqual([{ kind: 'phrase', terms: ['a'] }]);
    const highlights = findHighlights(collectWantedText(query), 'a, '.repeat(33_000));
    expect(highlights).toHaveLength(1000);
    expect(highlights.slice(0, 2)).toEqual([
      [0, 1],
      [3, 4],
    ]);
  });

  test('reach the last word of a prompt of 100,000 characters', () => {
    const prompt = `${'word '.repeat(19_999)}zebra`;
    expect(findHighlights(collectWantedText(parse('zebra')), prompt)).toEqual([
      [prompt.length - 5, prompt.length],
    ]);
  });
});

test('a longer prompt is read up to a limit', () => {
  expect(extractTerms('a '.repeat(1_000_000))).toHaveLength(MAX_INDEXED_CHARACTERS / 2);
  expect(extractTerms('猫'.repeat(1_000_000))).toHaveLength(MAX_INDEXED_CHARACTERS);
});
