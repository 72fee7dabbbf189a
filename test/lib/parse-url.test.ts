import { expect, test } from 'vitest';
import { tryParseUrl } from '../../src/lib/parse-url.ts';

test('an address is parsed, relative ones by their base; anything else gives undefined', () => {
  expect(tryParseUrl('https://example.com')?.href).toBe('https://example.com/');
  expect(tryParseUrl('../b?c', 'https://example.com/a/')?.href).toBe('https://example.com/b?c');
  for (const text of ['', 'example.com', '//example.com', 'https://', 'https://a b/'])
    expect(tryParseUrl(text)).toBeUndefined();
});

test('an address with Latin letters beyond ASCII is parsed every time, however often', () => {
  const text = 'https://bücher.example/ä';
  for (let call = 0; call < 20_000; call += 1)
    if (tryParseUrl(text)?.href !== 'https://xn--bcher-kva.example/%C3%A4') expect.fail(`call ${call}`);
});
