import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeRuns, placeBefore } from '../../../src/store/rules/task-order.ts';
import type { TaskId } from '../../../src/task/id.ts';

const ids = (text: string) => [...text] as TaskId[];
const [a, b, c, d] = ids('abcd') as [TaskId, TaskId, TaskId, TaskId];

describe('placing tasks in an order', () => {
  test('adds at the end, before another, and in the given order', () => {
    expect(placeBefore([a, b], [c, d], undefined)).toEqual([a, b, c, d]);
    expect(placeBefore([a, b], [d, c], b)).toEqual([a, d, c, b]);
    expect(placeBefore([], [b, a], undefined)).toEqual([b, a]);
  });

  test('moves those that are there', () => {
    expect(placeBefore([a, b, c, d], [d, a], c)).toEqual([b, d, a, c]);
    expect(placeBefore([a, b, c, d], [a], undefined)).toEqual([b, c, d, a]);
  });

  test('before one that is moved itself, it is what follows that counts', () => {
    expect(placeBefore([a, b, c, d], [c, b], b)).toEqual([a, c, b, d]);
    expect(placeBefore([a, b], [b, a], b)).toEqual([b, a]);
  });

  const order = fc.uniqueArray(fc.constantFrom(...ids('abcdefghij')), { maxLength: 10 });
  const some = fc.uniqueArray(fc.constantFrom(...ids('abcdefghijklm')), { maxLength: 8 });

  test('keeps the others in their order, and the placed ones together', () => {
    fc.assert(
      fc.property(order, some, fc.nat(), (before, placed, at) => {
        const anchor = before[at % (before.length + 1)];
        const after = placeBefore(before, placed, anchor);
        const others = (list: readonly TaskId[]) => list.filter((id) => !placed.includes(id));
        expect(others(after)).toEqual(others(before));
        const first = after.indexOf(placed[0] as TaskId);
        if (placed.length > 0) expect(after.slice(first, first + placed.length)).toEqual(placed);
        if (anchor !== undefined && !placed.includes(anchor) && placed.length > 0)
          expect(after.indexOf(anchor)).toBe(first + placed.length);
      }),
    );
  });

  test('the runs of what was moved or taken away put it back', () => {
    fc.assert(
      fc.property(order, some, fc.nat(), fc.boolean(), (before, chosen, at, isTaken) => {
        const moved = chosen.filter((id) => before.includes(id));
        const runs = describeRuns(before, new Set(moved));
        const anchor = before[at % (before.length + 1)];
        const after = isTaken
          ? before.filter((id) => !moved.includes(id))
          : placeBefore(before, moved, anchor);
        expect(runs.reduce((list, run) => placeBefore(list, run.ids, run.before), after)).toEqual(before);
      }),
    );
  });
});
