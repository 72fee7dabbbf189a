import { expect, test } from 'vitest';
import { isLoopback } from '../../src/lib/is-loopback.ts';

test.each([
  ['127.0.0.1', true],
  ['127.9.9.9', true],
  ['localhost', true],
  ['a.localhost', true],
  ['::1', true],
  ['[::1]', true],
  ['0.0.0.0', false],
  ['::', false],
  ['::ffff:127.0.0.1', true],
  ['192.168.1.2', false],
  ['127.0.0.1.evil.example', false],
  ['mirror.lan', false],
])('isLoopback %s: %s', (host, loopback) => {
  expect(isLoopback(host)).toBe(loopback);
});
