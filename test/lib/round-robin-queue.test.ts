import { expect, test } from 'vitest';
import { createRoundRobinQueue } from '../../src/lib/round-robin-queue.ts';

const fill = (entries: string) => {
  const queue = createRoundRobinQueue<string>();
  for (const entry of entries.split(' ')) queue.push(entry.charAt(0), entry);
  return queue;
};

test('callers are served in turn, each in the order of arrival', () => {
  const queue = fill('a1 a2 a3 a4 b1 b2 c1');
  expect(Array.from({ length: 8 }, () => queue.take())).toEqual([
    ...['a1', 'b1', 'c1', 'a2', 'b2', 'a3', 'a4', undefined],
  ]);
  expect(queue.size).toBe(0);
});

test('callers that are busy are passed over, and keep their turn', () => {
  const queue = fill('a1 a2 b1');
  expect(queue.take((caller) => caller === 'a')).toBe('b1');
  expect(queue.take((caller) => caller === 'a')).toBeUndefined();
  expect(queue.take()).toBe('a1');
});

test('the newest entry of the caller with the most makes room', () => {
  const queue = fill('a1 a2 a3 b1');
  expect([queue.takeFromLongest(), queue.size]).toEqual(['a3', 3]);
  expect(queue.takeFromLongest()).toBe('a2');
  expect(fill('').clear()).toEqual(['']);
});

test('entries can be removed, once', () => {
  const queue = fill('a1 b1');
  expect([queue.remove('a', 'a1'), queue.remove('a', 'a1'), queue.remove('b', 'a1')]).toEqual([
    true,
    false,
    false,
  ]);
  expect([queue.size, queue.take(), queue.take()]).toEqual([1, 'b1', undefined]);
});
