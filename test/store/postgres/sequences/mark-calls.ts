/** Calls that mark tasks. */
import fc from 'fast-check';
import type { Store } from '../../../../src/store/contract/store.ts';
import type { TaskId } from '../../../../src/task/id.ts';
import type { MarkChange } from '../../../../src/task/marks.ts';
import { type Call, createCalls, limitTo } from './session.ts';
import { id, limits } from './values.ts';

const TAGS = ['poster', 'Post', 'two words', '海报'];
const tag = fc.oneof({ weight: 20, arbitrary: fc.constantFrom(...TAGS) }, fc.constant('no "tag"'));
const change: fc.Arbitrary<MarkChange> = fc.record(
  {
    starred: fc.boolean(),
    rating: fc.integer({ min: 0, max: 5 }),
    tags: fc.array(tag, { maxLength: 3 }),
    addTags: fc.array(tag, { maxLength: 2 }),
    removeTags: fc.array(fc.constantFrom(...TAGS), { maxLength: 2 }),
    note: fc.constantFrom('', 'a cat to print', 'Zürich again'),
    hidden: fc.boolean(),
  },
  { requiredKeys: [] },
);
const archivedMarks = fc.record({
  id,
  starred: fc.boolean(),
  rating: fc.integer({ min: 0, max: 5 }),
  tags: fc.subarray(['poster', 'two words']),
  note: fc.constantFrom('', 'from an archive'),
  hidden: fc.boolean(),
  agoMs: fc.constantFrom(0, 1000, 86_400_000),
});

/** Which version a change is for. */
export const expectation = fc.constantFrom('any', 'any', 'current', 'other');
export type Expectation = typeof expectation extends fc.Arbitrary<infer Choice> ? Choice : never;

/** @param current the version that there is */
export function expectVersion(expected: Expectation, current: number): { ifVersion?: number[] } {
  if (expected === 'any') return {};
  return { ifVersion: expected === 'current' ? [current + 7, current] : [current + 7] };
}

async function readVersion(store: Store, taskId: TaskId): Promise<number> {
  const [marks] = await store.marksOf([taskId]);
  return marks?.version ?? 0;
}

const singleRequest = fc.record({ id, change, expected: expectation });

export const markCalls: fc.WeightedArbitrary<Call>[] = [
  {
    weight: 6,
    arbitrary: createCalls(
      'mark',
      fc.record({ requests: fc.array(singleRequest, { minLength: 1, maxLength: 3 }), within: limits }),
      async (session, { requests, within }) => {
        const { store, clock } = session;
        const wanted = await Promise.all(
          limitTo(session, requests).map(async (request) => ({
            id: request.id,
            change: request.change,
            ...expectVersion(request.expected, await readVersion(store, request.id)),
          })),
        );
        return store.mark(wanted, { nowMs: clock.now(), within });
      },
    ),
  },
  {
    weight: 1,
    arbitrary: createCalls(
      'mark many alike',
      fc.record({ ids: fc.uniqueArray(id, { maxLength: 6 }), change, within: limits }),
      ({ store, clock }, { ids, change: same, within }) =>
        store.mark(
          ids.map((one) => ({ id: one, change: same })),
          { nowMs: clock.now(), within },
        ),
    ),
  },
  {
    weight: 1,
    arbitrary: createCalls(
      'importMarks',
      fc.array(archivedMarks, { maxLength: 3 }),
      ({ store, clock }, archived) =>
        store.importMarks(
          archived.map(({ agoMs, ...marks }) => ({ ...marks, changedAtMs: clock.now() - agoMs })),
        ),
    ),
  },
];
