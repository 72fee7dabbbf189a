import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { collectWantedText } from '../../src/search/ast.ts';
import { findHighlights } from '../../src/search/highlights.ts';
import { parseQuery } from '../../src/search/parser.ts';
import { createIndexEntry, extractTerms } from '../../src/search/terms.ts';

const indexed = (text: string) => createIndexEntry(text).terms;
const UTC = { timeZone: 'UTC', nowMs: Date.UTC(2026, 2, 14, 12) };
const anyText = fc.string({ unit: 'binary', maxLength: 80 });

describe('terms', () => {
  test.each([
    ['Two Siamese CATS, running', 'two siames cat run'],
    ['Café ÉCLAIR naïve', 'cafe eclair naiv'],
    ['ｆｕｌｌ ｗｉｄｔｈ １２', 'full width 12'],
    ['Straße STRASSE', 'strass strass'],
    ['一只白色的猫', '一 只 白 色 的 猫'],
    ['ﾈｺ と カタカナ', 'ネ コ と カ タ カ ナ'],
    ['고양이', '고 양 이'],
    ['cat猫dog', 'cat 猫 dog'],
    ['🐈 and 👩‍🚀', '🐈 and 👩 🚀'],
    ['кошки Ёлка', 'кошки елка'],
    ['قِطَّةٌ بيضاء', 'قطة بيضاء'],
    ['แมวดำ', 'แ ม ว ด ํ า'],
    ['हिन्दी', 'हिन्दी'],
    ['don’t 1024x1024 flux-pro-1.1', 'don t 1024x1024 flux pro 1 1'],
    ['貓 賽博龐克 头发 頭髮 發現 裡 裏 里', '猫 赛 博 庞 克 头 发 头 发 发 现 里 里 里'],
    ['東京の夜', '东 京 の 夜'],
    ['wa\u00adter\u200bmel\u2060on \ufeffcat\u200d', 'watermelon cat'],
    ['猫\u00ad咪', '猫 咪'],
    ['\u0000\ud800 *** ""', ''],
  ])('of %s', (text, expected) => {
    expect(indexed(text)).toBe(expected);
  });

  test('know their position in any text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        let last = 0;
        for (const { term, start, end } of extractTerms(text)) {
          expect(term).toMatch(/^[^\s"\p{Cc}]+$/u);
          expect(start).toBeGreaterThanOrEqual(0);
          expect(end).toBeGreaterThan(start);
          expect(end).toBeLessThanOrEqual(text.length);
          expect(end).toBeGreaterThanOrEqual(last);
          last = end;
        }
      }),
    );
  });

  test('are the same in either composition and case', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'aÀéñßçøİıΣσςЖ고が猫Å1 ') }), (text) => {
        expect(indexed(text.normalize('NFD'))).toBe(indexed(text.normalize('NFC')));
        expect(indexed(text.toUpperCase().toLowerCase())).toBe(indexed(text.toLowerCase()));
      }),
    );
  });

  test('truncate overlong words', () => {
    expect(indexed('x'.repeat(10_000))).toBe('x'.repeat(64));
  });
});

describe('highlights', () => {
  const marked = (query: string, prompt: string) =>
    findHighlights(collectWantedText(parseQuery(query, UTC)), prompt).map(([start, end]) =>
      prompt.slice(start, end),
    );

  test('are UTF-16 offsets of the matches', () => {
    expect(marked('cat', '🐈 Two Cats; a cat.')).toEqual(['Cats', 'cat']);
    expect(marked('"two cats" red', 'red: two cats, cats')).toEqual(['red', 'two cats']);
    expect(marked('暹罗猫', '白色的暹罗猫，猫')).toEqual(['暹罗猫']);
    expect(marked('cafe', 'Cafe\u0301s')).toEqual(['Cafe\u0301s']);
    expect(marked('watermelon', 'a wa\u00adter\u00admelon')).toEqual(['wa\u00adter\u00admelon']);
    expect(marked('赛博朋克 "头发"', '賽博朋克，長頭髮')).toEqual(['賽博朋克', '頭髮']);
    expect(marked('', 'cat')).toEqual([]);
  });

  test('are inside the prompt, ordered and disjoint', () => {
    fc.assert(
      fc.property(anyText, anyText, (query, prompt) => {
        let last = -1;
        for (const [start, end] of findHighlights(collectWantedText(parseQuery(query, UTC)), prompt)) {
          expect(start).toBeGreaterThan(last);
          expect(end).toBeGreaterThan(start);
          expect(end).toBeLessThanOrEqual(prompt.length);
          last = end;
        }
      }),
    );
  });
});
