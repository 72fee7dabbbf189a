import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  advanceWalk,
  beginWalk,
  computeNextFloor,
  type Walk,
  walkWindow,
} from '../../src/sync/history-walk.ts';

interface Task {
  id: number;
  ms: number;
}

/** The upstream's list: newest first, bounds inclusive, a cap of its own. */
function list(tasks: readonly Task[], walk: Walk, cap: number, saysCount: boolean) {
  const { offset = 0, created_at_min = 0, created_at_max = Number.POSITIVE_INFINITY } = walkWindow(walk);
  const matches = tasks
    .filter(({ ms }) => ms / 1000 >= created_at_min && ms / 1000 <= created_at_max)
    .sort((a, b) => b.ms - a.ms || b.id - a.id);
  return { page: matches.slice(offset, offset + cap), count: saysCount ? matches.length : undefined };
}

test('sees every existing task, whatever arrives, and the next walk sees what arrived', () => {
  const times = fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 60 });
  fc.assert(
    fc.property(
      times,
      times,
      fc.integer({ min: 1, max: 7 }),
      fc.integer({ min: 0, max: 3 }),
      fc.boolean(),
      (old, arriving, cap, arrivalsAPage, saysCount) => {
        const tasks: Task[] = old.map((ms, id) => ({ id, ms: ms * 1000 }));
        const queue = arriving.map((ms, at) => ({ id: 1000 + at, ms: 41_000 + at * 100 + ms }));
        const seen = new Set<number>();
        const walkDown = (start: Walk): Walk => {
          for (let walk = start; ; ) {
            const { page, count } = list(tasks, walk, cap, saysCount);
            for (const { id } of page) seen.add(id);
            tasks.push(...queue.splice(0, arrivalsAPage));
            const step = advanceWalk(walk, { timesMs: page.map(({ ms }) => ms), count });
            walk = step.walk;
            expect(walk.pages).toBeLessThan(1000);
            if (step.isOver) return walk;
          }
        };
        const there = tasks.map(({ id }) => id);
        const done = walkDown(beginWalk(0));
        expect(there.filter((id) => !seen.has(id))).toEqual([]);
        tasks.push(...queue.splice(0));
        walkDown(beginWalk(computeNextFloor(done)));
        expect(tasks.filter(({ id }) => !seen.has(id))).toEqual([]);
      },
    ),
    { numRuns: 500 },
  );
});

test('requests a window below what it has seen, and uses offsets only within one time', () => {
  let walk = beginWalk(0);
  expect(walkWindow(walk)).toEqual({ offset: 0 });
  walk = advanceWalk(walk, { timesMs: [9000, 8000], count: 10 }).walk;
  expect(walkWindow(walk)).toEqual({ offset: 0, created_at_max: 8.001 });
  walk = advanceWalk(walk, { timesMs: [8000, 8000], count: 8 }).walk;
  expect(walkWindow(walk)).toEqual({ offset: 2, created_at_max: 8.001 });
  walk = advanceWalk(walk, { timesMs: [8000, 7000], count: 8 }).walk;
  expect(walkWindow(walk)).toEqual({ offset: 0, created_at_max: 7.001 });
  expect(walkWindow(beginWalk(5000))).toEqual({ offset: 0, created_at_min: 4.999 });
});

test('an upstream that does not page is detected', () => {
  let walk = beginWalk(0);
  expect(() => {
    for (;;) walk = advanceWalk(walk, { timesMs: [5000, 5000], count: undefined }).walk;
  }).toThrow('keeps returning the same page');
});
