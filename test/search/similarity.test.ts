/** How similar prompts are, without a store. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { extractFeatures } from '../../src/search/similar/features.ts';
import { computeSimilarity } from '../../src/search/similar/similarity.ts';
import { readPrompts } from '../helpers/prompts.ts';

const EQUAL = { weights: new Map<string, number>(), defaultWeight: 1 };
const compare = (one: string, other: string, weights = EQUAL) =>
  computeSimilarity(extractFeatures(one), extractFeatures(other), weights);

describe('the features of a prompt', () => {
  test.each([
    ['Running cats, running dogs', ['run', 'cat', 'dog']],
    ['一只猫，白色', ['一 只', '只 猫', '白 色']],
    ['猫 and 狗', ['猫', 'and', '狗']],
    ['고양이가 잔다', ['고 양', '양 이', '이 가', '잔 다']],
    ['', []],
    ['?!', []],
  ])('of %j', (prompt, features) => {
    expect([...extractFeatures(prompt)].sort()).toEqual([...features].sort());
  });
});

describe('similarity', () => {
  const prompts = fc.oneof(
    fc.constantFrom(...readPrompts().slice(0, 400)),
    fc.string({ unit: 'grapheme', maxLength: 60 }),
    fc
      .array(fc.constantFrom('red', 'cat', '猫', '白', '고양', ',', ' '), { maxLength: 12 })
      .map((words) => words.join('')),
  );
  const weights = fc.record({
    defaultWeight: fc.double({ min: 0.01, max: 20, noNaN: true }),
    weights: fc.constant(new Map([['red', 3.5]])),
  });

  test('is between 0 and 1, the same in both directions, and 1 for the same prompt', () => {
    fc.assert(
      fc.property(prompts, prompts, weights, (one, other, basis) => {
        const similarity = compare(one, other, basis);
        expect(similarity).toBeGreaterThanOrEqual(0);
        expect(similarity).toBeLessThanOrEqual(1);
        expect(compare(other, one, basis)).toBeCloseTo(similarity, 3);
        expect(compare(one, one, basis)).toBe(extractFeatures(one).size === 0 ? 0 : 1);
      }),
    );
  });

  test('is about 0.9 when one word of twenty is another', () => {
    const words = Array.from({ length: 20 }, (_, at) => `word${at}`);
    expect(compare(words.join(' '), [...words.slice(1), 'other'].join(' '))).toBeCloseTo(0.905, 3);
  });

  test('of rare words counts more', () => {
    const basis = {
      weights: new Map([
        ['zeppelin', 9],
        ['red', 1],
      ]),
      defaultWeight: 5,
    };
    expect(compare('red zeppelin', 'blue zeppelin', basis)).toBeGreaterThan(
      compare('red zeppelin', 'red balloon', basis),
    );
  });

  test('does not depend on case, width, or the variant of Chinese characters', () => {
    expect(compare('CAFÉ 霓虹燈下的貓', 'ｃａｆｅ 霓虹灯下的猫')).toBe(1);
  });
});
