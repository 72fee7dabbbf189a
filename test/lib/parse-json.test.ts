import { expect, test } from 'vitest';
import { getPathPrefix } from '../../src/lib/base-path.ts';
import { tryParseJson } from '../../src/lib/parse-json.ts';

test('invalid JSON gives undefined, and JSON values do not', () => {
  for (const text of ['', '{', 'undefined', '{"a":}', '\u0000']) expect(tryParseJson(text)).toBeUndefined();
  expect(['null', 'false', '0', '""', ' [1] '].map(tryParseJson)).toEqual([null, false, 0, '', [1]]);
});

test('the base path / adds nothing to a URL', () => {
  expect(['/', '/flux', '/a/b'].map(getPathPrefix)).toEqual(['', '/flux', '/a/b']);
});
