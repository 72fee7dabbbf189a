import { expect, test } from 'vitest';
import { getPathPrefix } from '../../src/lib/base-path.ts';
import { tryParseJson } from '../../src/lib/parse-json.ts';

test('what is no JSON is undefined, and every JSON value is not', () => {
  for (const text of ['', '{', 'undefined', '{"a":}', '\u0000']) expect(tryParseJson(text)).toBeUndefined();
  expect(['null', 'false', '0', '""', ' [1] '].map(tryParseJson)).toEqual([null, false, 0, '', [1]]);
});

test('the base path / adds nothing to an address', () => {
  expect(['/', '/flux', '/a/b'].map(getPathPrefix)).toEqual(['', '/flux', '/a/b']);
});
