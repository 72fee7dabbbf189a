import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createMemberScanner, findMemberProblem } from '../../src/task/ambiguous-members.ts';

function findAmbiguousMember(text: string): string | undefined {
  const problem = findMemberProblem(text);
  return problem?.kind === 'twice' ? problem.member : undefined;
}

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

describe('a text that arrives in chunks', () => {
  const PIECES = ['{"a', '":"\\"', '"b":', '"\\u0061"', ',', '"a":[', ']', '{', '}', '\\', '"', 'é', ' '];

  test('is read like a whole one, wherever it is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...PIECES)), fc.array(fc.nat(9)), (pieces, cuts) => {
        const bytes = Buffer.from(`{"a":1,${pieces.join('')}`);
        const scanner = createMemberScanner();
        let problem: unknown;
        let at = 0;
        for (const length of [...cuts, bytes.length]) {
          problem ??= scanner.push(bytes.subarray(at, at + length));
          at += length;
        }
        expect(problem).toEqual(findMemberProblem(bytes.toString()));
      }),
    );
  });

  test('is not held in memory: neither deep nesting, long names nor many members are read to their end', () => {
    expect(findMemberProblem('[{"a":'.repeat(33))).toEqual({ kind: 'too-deep' });
    const many = Array.from({ length: 100_001 }, (_, at) => `"${at}":0`).join(',');
    expect(findMemberProblem(`{${many}}`)).toEqual({ kind: 'too-many' });
    const long = 'n'.repeat(5000);
    expect(findAmbiguousMember(`{"${long}1":0,"${long}2":0}`)).toBe(long.slice(0, 1024));
  });

  test('that is no JSON has no members', () => {
    expect(findMemberProblem('a={"x":1,"x":2}')).toBeUndefined();
    expect(findMemberProblem('\ufeff {"x":1,"x":2}')).toEqual({ kind: 'twice', member: 'x' });
    expect(findMemberProblem('{"x":1}\n{"x":2}\n{"y":1,"y":2}')).toEqual({ kind: 'twice', member: 'y' });
    expect(findMemberProblem('{"x":1,"x":2}}} trailing')).toEqual({ kind: 'twice', member: 'x' });
  });
});
