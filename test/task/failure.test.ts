import { expect, test } from 'vitest';
import { findFailure } from '../../src/task/failure.ts';

test.each([
  [{ response: { error: { code: 'bad_request', message: 'flagged' } } }, 'flagged'],
  [{ response: JSON.stringify({ error: { code: 'bad_request' } }) }, 'bad_request'],
  [{ response: { error: { code: 402, message: ' ' } } }, '402'],
  [{ response: { error: 'out of credit' } }, 'out of credit'],
  [{ response: { error: null }, error: { message: 'gone' } }, 'gone'],
  [{ error: 'gone' }, 'gone'],
  [{ response: { error: { message: ['x'] } } }, undefined],
  [{ response: { success: false } }, undefined],
  [{}, undefined],
])('%j failed because of: %s', (document, reason) => {
  expect(findFailure(document)).toBe(reason);
});
