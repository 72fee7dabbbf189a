import { expect, test } from 'vitest';
import { waitForAll } from '../../src/lib/wait-for-all.ts';

/** A promise that ends when it is told. */
function createPending<T>() {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<T>((onValue, onError) => {
    resolve = onValue;
    reject = onError;
  });
  return { promise, resolve: (value: T) => resolve(value), reject: (error: Error) => reject(error) };
}

test('has all results in their order', async () => {
  const [first, second] = [createPending<number>(), createPending<string>()];
  const all = waitForAll([first.promise, second.promise]);
  second.resolve('b');
  first.resolve(1);
  expect(await all).toEqual([1, 'b']);
});

test('fails when all have ended, with the error that came first', async () => {
  const [first, second, third] = [createPending<void>(), createPending<void>(), createPending<void>()];
  let hasFailed = false;
  const all = waitForAll([first.promise, second.promise, third.promise]).catch((error: unknown) => {
    hasFailed = true;
    throw error;
  });
  second.reject(new Error('the reason'));
  await new Promise((resolve) => setImmediate(resolve));
  first.reject(new Error('because of the second'));
  await new Promise((resolve) => setImmediate(resolve));
  expect(hasFailed).toBe(false);
  third.resolve();
  await expect(all).rejects.toThrow('the reason');
});
