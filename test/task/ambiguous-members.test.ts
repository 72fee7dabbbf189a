import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findAmbiguousMember } from '../../src/task/ambiguous-members.ts';

describe('a member is ambiguous', () => {
  test.each([
    ['{"action":1,"id":2,"action":3}', 'action'],
    ['{"action":1,"\\u0061ction":3}', 'action'],
    ['{"action":1,"Action":3}', 'Action'],
    ['{"ask":1,"as\\u212a":3}', 'as\u212a'],
    ['{"a":[{"b":1},{"b":2,"c":{"d":1,"d":2}}]}', 'd'],
    ['[[{"a":{},"b":[],"a":[]}]]', 'a'],
    ['{"":1,"":2}', ''],
    ['{"__proto__":1,"__proto__":2}', '__proto__'],
  ])('in %s', (text, member) => {
    expect(findAmbiguousMember(text)).toBe(member);
  });

  test.each([
    '{"a":{"a":{"a":"a"}},"b":["a","a",{"a":1},{"a":1}]}',
    '[]',
    '"a"',
    '{"a":"\\"a\\":1,\\"a\\":2"}',
    '{ "a" : [ 1 , { "b" : 2 } ] , "b" : { } }',
  ])('not in %s', (text) => {
    expect(findAmbiguousMember(text)).toBeUndefined();
  });

  test('never in what JSON.stringify makes of lower-case names, always in an object with a copy of a member', () => {
    const name = fc.stringMatching(/^[a-z]{1,6}$/);
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.string(),
        fc.integer(),
        fc.array(tie('value')),
        fc.dictionary(name, tie('value')),
      ),
    }));
    fc.assert(
      fc.property(fc.dictionary(name, value, { minKeys: 1 }), (object) => {
        const text = JSON.stringify(object);
        expect(findAmbiguousMember(text)).toBeUndefined();
        const [first = ''] = Object.keys(object);
        expect(
          findAmbiguousMember(`${text.slice(0, -1)},${JSON.stringify(first.toUpperCase())}:1}`),
        ).toBeDefined();
      }),
    );
  });
});
