/** Changes of a collection that are made one after the other. */
import { expect, test } from 'vitest';
import { createChangeQueue } from '../../../src/web/client/collections/change-queue.ts';

function createLog() {
  const log: string[] = [];
  const queue = createChangeQueue({
    onFailure: (error) => log.push(`failed: ${String(error)}`),
    onIdle: () => log.push('idle'),
  });
  const add = (name: string, wait: Promise<unknown> = Promise.resolve()) =>
    queue.add(async () => {
      log.push(`${name} begins`);
      await wait;
      log.push(`${name} ends`);
    });
  return { log, queue, add };
}

/** A promise that a test settles. */
function createGate() {
  let resolve = () => {};
  let reject = (_: Error) => {};
  const promise = new Promise<void>((...settle) => {
    [resolve, reject] = settle;
  });
  return { promise, resolve, reject };
}

test('a change waits for the one before it', async () => {
  const { log, queue, add } = createLog();
  const { promise, resolve } = createGate();
  const first = add('a', promise);
  const second = add('b');
  expect(queue.count()).toBe(2);
  resolve();
  expect(await Promise.all([first, second])).toEqual([true, true]);
  expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'idle']);
  expect(queue.count()).toBe(0);
});

test('what waits behind a change that fails is dropped, and what comes later is not', async () => {
  const { log, add } = createLog();
  const { promise, reject } = createGate();
  const first = add('a', promise);
  const second = add('b');
  reject(new Error('gone'));
  expect(await Promise.all([first, second])).toEqual([false, false]);
  expect(log).toEqual(['a begins', 'failed: Error: gone', 'idle']);
  expect(await add('c')).toBe(true);
});
