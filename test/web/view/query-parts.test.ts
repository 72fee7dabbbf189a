import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OPERATORS } from '../../../src/search/fields.ts';
import {
  hasOperators,
  listRemovableParts,
  OPERATOR_NAMES,
  splitParts,
} from '../../../src/web/view/query-parts.ts';

test('the operators are those of the search', () => {
  expect([...OPERATOR_NAMES].sort()).toEqual(OPERATORS.map(({ name }) => name).sort());
});

test('parts are pieces of the query, in their order, and have all of it but spaces', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'ab猫 "-():：ORmodel'), maxLength: 40 }), (query) => {
      let at = 0;
      for (const { start, end, text } of splitParts(query)) {
        expect(query.slice(start, end)).toBe(text);
        expect(query.slice(at, start).trim()).toBe('');
        at = end;
      }
      expect(query.slice(at).trim()).toBe('');
    }),
  );
});

describe('kinds of parts', () => {
  test.each([
    ['cat', ['word']],
    ['-cat', ['word']],
    ['"a cat" dog', ['phrase', 'word']],
    ['model:flux-dev', ['operator']],
    ['-model:"flux dev"', ['operator']],
    ['MODEL：flux-dev', ['operator']],
    ['model:', ['word']],
    ['note: cat', ['word', 'word']],
    ['(cat OR 猫)', ['logic', 'word', 'logic', 'word', 'logic']],
  ])('%s', (query, kinds) => {
    expect(splitParts(query).map(({ kind }) => kind)).toEqual(kinds);
  });
});

describe('removable parts', () => {
  test.each([
    ['siamese cat -dog', ['siamese', 'cat', '-dog']],
    ['(siamese cat OR 暹罗猫) -dog after:2026-03', ['(siamese cat OR 暹罗猫)', '-dog', 'after:2026-03']],
    ['cat OR dog bird', ['cat OR dog', 'bird']],
    ['on:"3 days ago" cat', ['on:"3 days ago"', 'cat']],
    ['(unclosed cat', ['(unclosed cat']],
    ['', []],
  ])('of %j', (query, parts) => {
    expect(listRemovableParts(query).map(({ text }) => text)).toEqual(parts);
  });

  test('leave the others as they are', () => {
    expect(listRemovableParts('siamese cat -dog').map(({ without }) => without)).toEqual([
      'cat -dog',
      'siamese -dog',
      'siamese cat',
    ]);
  });
});

test('chips are shown only when they say more than the box', () => {
  expect([hasOperators('siamese cat'), hasOperators('cat -dog'), hasOperators('model:x')]).toEqual([
    false,
    true,
    true,
  ]);
});
