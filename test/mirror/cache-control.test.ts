import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseCacheControl } from '../../src/mirror/cache-control.ts';

const none = { noCache: false, onlyIfCached: false, maxAgeMs: undefined };

test.each([
  [undefined, none],
  ['', none],
  ['no-cache', { ...none, noCache: true }],
  ['No-Cache, max-age=60', { ...none, noCache: true, maxAgeMs: 60_000 }],
  [' only-if-cached ', { ...none, onlyIfCached: true }],
  ['max-age="5"', { ...none, maxAgeMs: 5000 }],
  ['max-age=0', { ...none, maxAgeMs: 0 }],
  ['max-age', none],
  ['max-age=-1', none],
  ['max-age=1e9', none],
  ['no-store, x-no-cache', none],
])('%j', (header, control) => {
  expect(parseCacheControl(header)).toEqual(control);
});

test('any header is parsed without an error, and never gives an invalid age', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string().map((value) => `max-age=${value}`),
      ),
      (header) => {
        const { maxAgeMs = 0 } = parseCacheControl(header);
        expect(Number.isSafeInteger(maxAgeMs) && maxAgeMs >= 0).toBe(true);
      },
    ),
  );
});
