import { parseEnv } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { changeVariables } from '../../src/config/env-file-text.ts';

const change = (text: string, values: Record<string, string | undefined>) =>
  changeVariables(text, new Map(Object.entries(values)));

describe('changing a .env file', () => {
  test.each([
    ['adds to an empty file', '', { A: '1' }, 'A=1\n'],
    ['adds at the end', '# mine\nB=2', { A: '1' }, '# mine\nB=2\nA=1\n'],
    ['replaces in place', 'A=0\n# mine\nB=2\n', { A: '1' }, 'A=1\n# mine\nB=2\n'],
    ['replaces the first of several, and removes the others', 'A=0\nB=2\nA=3\n', { A: '1' }, 'A=1\nB=2\n'],
    ['replaces what a shell would export', 'export A = "0"\n', { A: '1' }, 'A=1\n'],
    ['leaves what says so already', 'export A="1" # of Bob\nB=2', { A: '1' }, 'export A="1" # of Bob\nB=2'],
    ['keeps the kind of line ends', 'B=2\r\nA=0\r\n', { A: '1', C: '3' }, 'B=2\r\nA=1\r\nC=3\r\n'],
    ['takes quotes in which nothing has a meaning', '', { A: "it's C:\\new" }, "A=`it's C:\\new`\n"],
    ['removes', 'A=0\nB=2\n', { A: undefined }, 'B=2\n'],
    ['leaves a comment that names it', '#A=0\n', { A: '1' }, '#A=0\nA=1\n'],
    ['quotes what needs it', '', { A: 'a # b' }, "A='a # b'\n"],
    ['takes other quotes where it has some', '', { A: "it's" }, "A=`it's`\n"],
  ])('%s', (_, text, values, expected) => {
    expect(change(text, values)).toBe(expected);
  });

  test.each([
    ['a line of a quoted value looks like it', 'B="x\nA=0\ny"\n', { A: '1' }],
    ['the value has every kind of quotes, and a hash', '', { A: '\'"`#' }],
    ['the value has a line break and quotes', '', { A: "a\n'b" }],
  ])('refuses when %s', (_, text, values) => {
    const after = change(text, values);
    if (after !== undefined) expect(parseEnv(after)).toEqual({ ...parseEnv(text), ...values });
    else expect(after).toBeUndefined();
  });

  test('whatever it returns says what it should, and leaves the rest', () => {
    const name = fc.constantFrom('A', 'B', 'C', 'FLUX_MIRROR_PORT');
    const value = fc.string({
      unit: fc.constantFrom('a', '1', ' ', '#', '"', "'", '`', '\\', '$', '=', '/', '猫', '\n', '\\n'),
    });
    const line = fc.oneof(
      fc.tuple(name, value).map(([left, right]) => `${left}=${right}`),
      fc.constantFrom('# note', '', 'nonsense', 'export B=1', '\uFEFFA=1', 'A="open'),
    );
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 6 }),
        name,
        fc.option(value, { nil: undefined }),
        (lines, set, to) => {
          const text = lines.join('\n');
          const after = changeVariables(text, new Map([[set, to]]));
          if (after === undefined) return;
          const read = parseEnv(after);
          expect(read[set]).toBe(to);
          expect({ ...read, [set]: undefined }).toEqual({ ...parseEnv(text), [set]: undefined });
        },
      ),
    );
  });
});
