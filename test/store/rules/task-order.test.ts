import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeRuns, placeRuns } from '../../../src/store/rules/task-order.ts';
import type { TaskId } from '../../../src/task/id.ts';
import { measureCpuMs } from '../../helpers/cpu-time.ts';

const ids = (text: string) => [...text] as TaskId[];
const [a, b, c, d] = ids('abcd') as [TaskId, TaskId, TaskId, TaskId];

const placeBefore = (order: readonly TaskId[], ids: readonly TaskId[], before: TaskId | undefined) =>
  placeRuns(order, [{ ids, before }]);

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

  const runsOf = fc.array(fc.record({ ids: some, before: fc.option(fc.constantFrom(...ids('abcdefghij'))) }));

  test('several runs are placed as one after the other would be', () => {
    fc.assert(
      fc.property(order, runsOf, (before, drawn) => {
        const runs = drawn.map((run) => ({
          ids: run.ids,
          before: run.before !== null && before.includes(run.before) ? run.before : undefined,
        }));
        const oneByOne = runs.reduce((list, run) => placeBefore(list, run.ids, run.before), [...before]);
        expect(placeRuns(before, runs)).toEqual(oneByOne);
      }),
    );
  });

  test('many scattered runs take no longer than the list', async () => {
    const list = Array.from({ length: 10_000 }, (_, at) => `task-${at}` as TaskId);
    const odd = new Set(list.filter((_, at) => at % 2 === 1));
    const runs = describeRuns(list, odd);
    expect(runs).toHaveLength(5000);
    let placed: readonly TaskId[] = [];
    const ms = await measureCpuMs(() => {
      placed = placeRuns([...list.filter((id) => !odd.has(id)), ...odd], runs);
    });
    expect(placed).toEqual(list);
    expect(ms).toBeLessThan(500);
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
        expect(placeRuns(after, runs)).toEqual(before);
        expect(runs.reduce((list, run) => placeBefore(list, run.ids, run.before), after)).toEqual(before);
      }),
    );
  });
});
