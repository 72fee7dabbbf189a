import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { getErrorCode, hasErrorCode } from '../../src/lib/errno.ts';

function errorOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

test('the code of a system error is found', () => {
  const error = errorOf(() => readFileSync('/does/not/exist'));
  expect(getErrorCode(error)).toBe('ENOENT');
  expect(hasErrorCode(error, 'ENOENT')).toBe(true);
  expect(hasErrorCode(error, 'EACCES')).toBe(false);
});

test.each([[new Error('without')], [{ code: 'ENOENT' }], ['ENOENT'], [undefined]])(
  '%s has no code',
  (value) => {
    expect(getErrorCode(value)).toBeUndefined();
    expect(hasErrorCode(value, 'ENOENT')).toBe(false);
  },
);
