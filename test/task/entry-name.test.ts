import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldName, InvalidName, MAX_NAME_CHARACTERS, normalizeName } from '../../src/task/entry-name.ts';

describe('normalizeName', () => {
  it('keeps case, scripts and emoji, and makes spaces single', () => {
    expect(normalizeName('  Best  of\u3000March ')).toBe('Best of March');
    expect(normalizeName('三月 🐈')).toBe('三月 🐈');
    expect(normalizeName('cafe\u0301')).toBe('caf\u00e9');
  });

  it.each([
    ['nothing that is seen', ' \u200b '],
    ['a control character', 'a\u0007b'],
    ['a line break', 'a\nb'],
    ['what reverses text', 'a\u202eb'],
    ['too many characters', 'x'.repeat(MAX_NAME_CHARACTERS + 1)],
    ['far too many', 'x'.repeat(1_000_000)],
  ])('refuses %s', (_, text) => {
    expect(() => normalizeName(text)).toThrow(InvalidName);
  });

  it('allows as many characters as it says, however they are encoded', () => {
    expect(normalizeName('🐈'.repeat(MAX_NAME_CHARACTERS))).toHaveLength(2 * MAX_NAME_CHARACTERS);
  });

  it('changes nothing when it is applied again, and folds alike', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
        let name: string;
        try {
          name = normalizeName(text);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidName);
          return;
        }
        expect(normalizeName(name)).toBe(name);
        expect(foldName(foldName(name))).toBe(foldName(name));
        expect(foldName(name.toUpperCase())).toBe(foldName(name));
      }),
    );
  });
});
