import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { describeReason, explainErrorCodes, getErrorCode, hasErrorCode } from '../../src/lib/errno.ts';

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

test('an error is described in words, by whatever code', () => {
  expect(describeReason(errorOf(() => readFileSync('/does/not/exist')))).toBe('no such file or folder');
  const described = (code: string) => describeReason(Object.assign(new Error(code), { code }));
  expect(described('EACCES')).toBe('permission denied');
  expect(described('ECONNREFUSED')).toBe('connection refused');
  expect(described('CERT_HAS_EXPIRED')).toBe('cert has expired');
  expect(described('UND_ERR_CONNECT_TIMEOUT')).toBe('connect timeout');
  expect(described('ENONSENSE')).toBe('unknown reason');
  expect(explainErrorCodes('could not be fetched (ENOTFOUND), (EU)')).toBe(
    'could not be fetched (its name was not found), (EU)',
  );
});
