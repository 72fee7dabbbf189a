import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { QueryNode } from '../../src/search/ast.ts';
import { parseQuery } from '../../src/search/parser.ts';
import { SEARCH_CONTEXT } from '../helpers/search.ts';

/** The tree in one line: AND is a space, OR a bar. */
function shown(node: QueryNode): string {
  switch (node.kind) {
    case 'phrase':
      return node.terms.length === 1 ? `${node.terms[0]}` : `"${node.terms.join(' ')}"`;
    case 'prefix':
      return `${[...node.terms, node.prefix].join('_')}*`;
    case 'field':
      return `${node.field}=${node.value}${node.isPrefix ? '*' : ''}`;
    case 'time':
      return `[${day(node.fromMs)},${day(node.toMs)})`;
    case 'artifact':
      return `artifact=${node.link ?? ''}#${node.sha256?.slice(0, 4) ?? ''}`;
    case 'mark': {
      const { test } = node;
      if (test.of === 'rating') return `rating=${test.min}..${test.max}`;
      return test.of === 'tag' ? `tag=${test.tag}${test.isPrefix ? '*' : ''}` : test.of;
    }
    case 'not':
      return `!${shown(node.part)}`;
    default:
      return `(${node.parts.map(shown).join(node.kind === 'or' ? ' | ' : ' ')})`;
  }
}

function day(ms: number | undefined): string {
  return ms === undefined ? '' : new Date(ms).toISOString().slice(0, 10);
}

const UUID = '5bc8fbbc-98ae-4e2f-8f3c-0123456789ab';

const parse = (text: string) => parseQuery(text, SEARCH_CONTEXT);
const tree = (text: string) => parse(text).parts.map(shown).join(' ');

describe('the grammar', () => {
  test.each([
    ['', ''],
    ['red cats', 'red cat'],
    ['"red cats" sofa', '"red cat" sofa'],
    ['“red cats”', '"red cat"'],
    ['"open end', '"open end"'],
    ['cat -dog', 'cat !dog'],
    ['-"red dog"', '!"red dog"'],
    ['--cat', 'cat'],
    ['cat - dog', 'cat dog'],
    ['cat OR dog', '(cat | dog)'],
    ['red cat OR dog sofa', 'red (cat | dog) sofa'],
    ['a OR b OR c', '(a | b | c)'],
    ['cat OR -dog', '(cat | !dog)'],
    ['OR cat', 'or cat'],
    ['cat OR', 'cat or'],
    ['cat or dog', 'cat or dog'],
    ['(cat OR dog) snow', '(cat | dog) snow'],
    ['red (cat sofa) OR dog', 'red ((cat sofa) | dog)'],
    ['-(cat dog)', '!(cat dog)'],
    ['((cat', 'cat'],
    ['cat))', 'cat'],
    ['()', ''],
    ['photo(1) x', '"photo 1" x'],
    ['photogr*', 'photogr*'],
    ['flux-pr*', 'flux_pr*'],
    ['*', ''],
    ['** cat', 'cat'],
    ['猫*', '猫'],
    ['白色的暹罗猫', '"白 色 的 暹 罗 猫"'],
    ['model:Flux-Pro', 'model=flux-pro'],
    ['MODEL:flux*', 'model=flux*'],
    ['model:"flux pro"', 'model=flux pro'],
    ['-state:failed size:16:9', '!state=failed size=16:9'],
    ['seed:42 id:2DB0*', 'seed=42 id=2DB0*'],
    ['id:2DB01', 'id=2DB01'],
    ['id:2db016', 'id=2db016*'],
    [`id:${UUID}`, `id=${UUID}`],
    [`artifact:${'AB'.repeat(32)}`, 'artifact=#abab'],
    ['artifact:HTTPS://A.example:443/a.png#top', 'artifact=https://a.example/a.png#'],
    ['model:', 'model'],
    ['prompt:cat', '"prompt cat"'],
    ['on:2026-03', '[2026-03-01,2026-04-01)'],
    ['after:2026-03', '[2026-03-01,)'],
    ['before:2026-03', '[,2026-03-01)'],
    ['on:yesterday', '[2026-03-13,2026-03-14)'],
    ['on:"last week"', '[2026-03-02,2026-03-09)'],
    ['on:last-month', '[2026-02-01,2026-03-01)'],
    ['on:7d', '[2026-03-07,2026-03-08)'],
    ['C++', 'c'],
    ['f/1.4', '"f 1 4"'],
    ['NOT cat', 'not cat'],
    ['NEAR(a b)', 'near(a b)'],
    ['👩‍🚀', '"👩 🚀"'],
    ['cat\ud800dog', '"cat dog"'],
  ])('%j is parsed as %j', (text, expected) => {
    expect(tree(text)).toBe(expected === 'near(a b)' ? '"near a" b' : expected);
  });

  test.each([
    ['before:yesterdayish', '"befor yesterdayish"', 'before:yesterdayish is not a date'],
    ['on:2026-02-30', '"on 2026 02 30"', 'not a date'],
    ['state:lost', '"state lost"', 'not a state'],
    ['seed:x', '"seed x"', 'not a whole number'],
    ['artifact:x', '"artifact x"', 'artifact:x is neither a link nor a SHA-256'],
    ['cat AND dog', 'cat and dog', 'AND was taken as a word'],
    ['cat NOT dog', 'cat not dog', '-word leaves a word out'],
    ['model:', 'model', 'model: has no value'],
    ['prompt:cat', '"prompt cat"', 'prompt: is no operator'],
    ['from:night', '"from night"', 'from: is no operator, and was taken as text; after: may be meant'],
    ['To:night', '"to night"', 'before: may be meant'],
  ])('%s is text, and a note says why', (text, expected, note) => {
    expect(tree(text)).toBe(expected);
    expect(parse(text).notes).toEqual([expect.stringContaining(note)]);
  });

  test.each(['cat and dog', 'https://x.example/a', 'C: drive', '"prompt:cat"', '猫:狗'])(
    '%s is text, without a note',
    (text) => {
      expect(parse(text).notes).toEqual([]);
    },
  );

  test('dates are interpreted in the time zone', () => {
    const [part] = parseQuery('on:2025-03', { timeZone: 'Asia/Shanghai', nowMs: 0 }).parts;
    expect(part).toEqual({
      kind: 'time',
      fromMs: Date.UTC(2025, 1, 28, 16),
      toMs: Date.UTC(2025, 2, 31, 16),
    });
  });

  test('a very long query is truncated, with a note', () => {
    expect(parse('x '.repeat(5000)).notes).toEqual([expect.stringContaining('1000')]);
  });

  test('accepts any text', () => {
    const anything = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc
        .array(
          fc.constantFrom('(', ')', '"', '-', ' ', '*', 'OR', 'model:', 'on:', 'cat', '猫', ':', '\ud800'),
        )
        .map((a) => a.join('')),
    );
    fc.assert(
      fc.property(anything, (text) => {
        for (const part of parse(text).parts) expect(shown(part)).not.toMatch(/undefined|""/);
      }),
      { numRuns: 2000 },
    );
  });
});

test.each([
  ['model：flux－dev', 'model:flux-dev'],
  ['ｍｏｄｅｌ：ｆｌｕｘ＊', 'model:flux*'],
  ['猫　－犬', '猫 -犬'],
  ['（cat ＯＲ dog） ＂red cat＂', '(cat OR dog) "red cat"'],
  ['on：２０２６－０３', 'on:2026-03'],
])('%s is the same as %s', (fullWidth, ascii) => {
  expect(parse(fullWidth)).toEqual(parse(ascii));
});

test.each([
  ['cat or dog', ['or was taken as a word; OR, in capitals, finds either']],
  ['either or', []],
  ['cat | dog', ['| only separates words; OR between two words finds either']],
  ['*punk', ['* at the beginning of a word is not read; at its end it finds what begins so']],
  ['punk*', []],
  ['***', ['* at the beginning of a word is not read; at its end it finds what begins so']],
])('%s has the notes %j', (query, notes) => {
  expect(parse(query).notes).toEqual(notes);
});
