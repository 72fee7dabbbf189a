/** Addresses that people give the mirror to send something to. */
import { expect, test } from 'vitest';
import { parseTargetUrl } from '../../src/lib/target-url.ts';

test.each([
  ['https://Example.com', 'https://example.com/'],
  [' https://example.com:443/a b ', 'https://example.com/a%20b'],
  ['https://bücher.example/ä', 'https://xn--bcher-kva.example/%C3%A4'],
])('%j is stored as %j', (text, url) => {
  expect(parseTargetUrl(text)).toEqual({ url });
  expect(parseTargetUrl(url)).toEqual({ url });
});

test.each([
  ['https://example.com/\n', /control/],
  ['https://exa\tmple.com/', /control/],
  ['https://example.com/\u009f', /control/],
  ['https://example.com/\u202egnp.exe', /reverse/],
  [`https://example.com/${'ä'.repeat(1000)}`, /2000 characters/],
  ['example.com', /whole URL/],
  ['javascript:alert(1)', /http/],
  ['https://a:b@example.com/', /password/],
])('%j is refused', (text, problem) => {
  expect(parseTargetUrl(text)).toEqual({ problem: expect.stringMatching(problem) });
});
