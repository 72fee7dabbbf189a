import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  BIDI_CONTROLS,
  cleanField,
  cleanLines,
  escapeControls,
  showHidden,
} from '../../src/lib/clean-text.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not remain
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;
const text = fc.string({
  unit: fc.constantFrom('a', '猫', '\u001b', '\n', '\t', '\r', '\u009b', '\u202e', '\u2028', '"', '\\'),
});

test('a field has no control character, and its offsets stay', () => {
  fc.assert(
    fc.property(text, (given) => {
      const cleaned = cleanField(given);
      expect(cleaned).not.toMatch(CONTROL);
      expect(cleaned).toHaveLength(given.length);
    }),
  );
});

test('lines keep tabs and line feeds alone', () => {
  expect(cleanLines('a\tb\nc\rd\u001b[2J\u009b1m\u202ee')).toBe('a\tb\nc d [2J 1m e');
});

test('JSON keeps its value without control characters', () => {
  fc.assert(
    fc.property(text, (given) => {
      const json = escapeControls(JSON.stringify({ given }, null, 2));
      expect(json.replaceAll('\n', '')).not.toMatch(CONTROL);
      expect(JSON.parse(json)).toEqual({ given });
    }),
  );
});

test('a message shows what nobody sees, and what reverses text', () => {
  expect(showHidden('the name "a\u202eb\u200f\u061c\u009f" is\ntaken')).toBe(
    'the name "a\\u202eb\\u200f\\u061c\\u009f" is\ntaken',
  );
  fc.assert(
    fc.property(text, (given) => {
      expect(showHidden(given).replaceAll('\n', '')).not.toMatch(CONTROL);
      expect(showHidden(given)).not.toMatch(BIDI_CONTROLS);
    }),
  );
});
