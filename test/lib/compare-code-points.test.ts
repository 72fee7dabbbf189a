import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareCodePoints } from '../../src/lib/compare-code-points.ts';

test('texts are in the order of their bytes in UTF-8', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc
      .array(fc.constantFrom('a', 'z', '\ud7ff', '\ue000', '\uffee', '\u{10000}', '\u{1f600}'))
      .map((units) => units.join('')),
  );
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(Math.sign(compareCodePoints(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
  );
  expect(compareCodePoints('\u{1f600}', '\uffee')).toBeGreaterThan(0);
});
