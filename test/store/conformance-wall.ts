/** What every store must do for the wall: months, layouts and places, against all pages of the same search. A part of conformance.ts. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Cursor } from '../../src/search/cursor.ts';
import { formatPeriod, parseMonth } from '../../src/search/dates.ts';
import type { MaybePromise } from '../../src/store/contract/maybe-promise.ts';
import type { Hit, SearchRequest } from '../../src/store/contract/search.ts';
import type { Store } from '../../src/store/contract/store.ts';
import type { TaskId } from '../../src/task/id.ts';
import { encodeRatio, findRatioOfSize } from '../../src/task/ratio.ts';
import { archivedImage, document } from '../helpers/documents.ts';
import { searchRequest } from '../helpers/search.ts';
import { tries } from '../helpers/thorough.ts';

const HOUR = 3_600_000;
/** The clocks of New York change on 9 March, those of Berlin on 30 March. */
const MARCH = Date.UTC(2025, 2, 1);
const SLICE = 3;

/** Bursts at one time, the edges of months in several zones, and anything. */
const createdAtMs = fc.oneof(
  fc.constantFrom(MARCH, MARCH + 1, MARCH + 8 * 24 * HOUR),
  fc.integer({ min: -14, max: 14 }).map((hours) => MARCH + hours * HOUR),
  fc.integer({ min: -14, max: 14 }).map((hours) => Date.UTC(2025, 3, 1) + hours * HOUR - 1),
  fc.integer({ min: MARCH - 60 * 24 * HOUR, max: MARCH + 60 * 24 * HOUR }),
);
const task = fc.record({
  /** In UTF-8 and in UTF-16 these have another order. */
  prefix: fc.constantFrom('a', 'b', 'Z', '\uffee', '\u{1f600}'),
  prompt: fc.constantFrom('a cat', 'a dog', 'a cat and a dog', ''),
  model: fc.constantFrom('flux-dev', 'flux-pro'),
  size: fc.constantFrom('1024x768', '16:9', 'auto', 'null\u0000"\ud800\\', undefined),
  state: fc.constantFrom('pending' as const, 'succeeded' as const, 'failed' as const),
  userId: fc.constantFrom('me', 'you'),
  createdAtMs,
  archived: fc.constantFrom(undefined, [300, 200], [100, 400]),
});
type Task = typeof task extends fc.Arbitrary<infer T> ? T : never;

const question = fc.record({
  words: fc.constantFrom(
    '',
    'cat',
    'cat -dog',
    'model:flux-dev',
    'state:failed OR dog',
    'do*',
    'after:2025-02-20',
  ),
  sort: fc.constantFrom('newest' as const, 'oldest' as const),
  groupByPrompt: fc.boolean(),
  timeZone: fc.constantFrom(
    'UTC',
    'Asia/Kathmandu',
    'America/New_York',
    'Europe/Berlin',
    'Pacific/Kiritimati',
  ),
  fromMs: fc.option(createdAtMs, { nil: undefined }),
  toMs: fc.option(createdAtMs, { nil: undefined }),
  isLimited: fc.boolean(),
});
type Question = typeof question extends fc.Arbitrary<infer T> ? T : never;

/** Opens an empty mirror. */
type Open = () => MaybePromise<Store>;

async function storeTasks(open: Open, tasks: readonly Task[]): Promise<Store> {
  const store = await open();
  const idOf = ({ prefix }: Task, at: number) => `${prefix}${at}` as TaskId;
  const documents = tasks.map((one, at) => {
    const request = { action: 'generate', prompt: one.prompt, model: one.model, size: one.size };
    const { state, userId } = one;
    return document(
      { id: idOf(one, at), state, userId, createdAt: one.createdAtMs / 1000, more: { request } },
      MARCH,
    );
  });
  await store.storeDocuments({ documents, requestSeq: 1, fetchedAtMs: MARCH });
  for (const [at, one] of tasks.entries()) {
    const [width, height] = one.archived ?? [];
    if (one.state !== 'succeeded' || width === undefined || height === undefined) continue;
    const image = { ...archivedImage(at.toString(16).padStart(64, '0')), width, height };
    expect(await store.archiveImage({ taskId: idOf(one, at), n: 0 }, image, MARCH)).toBe(true);
  }
  return store;
}

function createRequest({ words, sort, groupByPrompt, fromMs, toMs, isLimited }: Question) {
  const filter = {
    ...(fromMs === undefined ? {} : { fromMs }),
    ...(toMs === undefined ? {} : { toMs }),
    ...(isLimited ? { within: { userIds: ['me'], applicationIds: [] } } : {}),
  };
  return { ...searchRequest(words, { sort, groupByPrompt, filter }), sort, groupByPrompt };
}

async function readAllHits(store: Store, request: SearchRequest): Promise<Hit[]> {
  const hits: Hit[] = [];
  for (let after: Cursor | undefined; ; ) {
    const page = await store.search({ ...request, limit: 7, ...(after ? { after } : {}) });
    hits.push(...page.hits);
    if (!page.next) return hits;
    after = page.next;
  }
}

function groupByMonth(hits: readonly Hit[], timeZone: string): Map<string, Hit[]> {
  const months = new Map<string, Hit[]>();
  for (const hit of hits) {
    const month = formatPeriod('month', hit.task.createdAtMs, timeZone);
    months.set(month, [...(months.get(month) ?? []), hit]);
  }
  return months;
}

const idsOf = (hits: readonly Hit[]) => hits.map(({ task: { id } }) => id);

export function describeWall(open: Open): void {
  describe('the wall', () => {
    test('months, layouts and places are those of all pages of the search', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(task, { maxLength: 40 }),
          fc.array(question, { minLength: 4, maxLength: 4 }),
          async (tasks, questions) => {
            const store = await storeTasks(open, tasks);
            const findRatio = ({ task: { id } }: Hit): number => {
              const one = tasks[Number(/\d+$/.exec(id)?.[0])];
              const [width = 0, height = 0] = one?.archived ?? [];
              return one?.archived && one.state === 'succeeded'
                ? encodeRatio(width, height)
                : findRatioOfSize(one?.size);
            };
            for (const asked of questions) {
              const request = createRequest(asked);
              const { timeZone, groupByPrompt, sort } = asked;
              const hits = await readAllHits(store, request);
              const months = groupByMonth(hits, timeZone);

              const { bars } = await store.histogram({ ...request, by: 'month', timeZone });
              const counted = bars.map(({ fromMs, count }) => [
                formatPeriod('month', fromMs, timeZone),
                count,
              ]);
              expect(counted).toEqual(Array.from(months, ([month, { length }]) => [month, length]).sort());

              for (const [month, expected] of [...months, ['2031-01', []] as const]) {
                const range = parseMonth(month, timeZone) as { fromMs: number; toMs: number };
                const layout = await store.layout({ ...request, month: range, sliceSize: SLICE });
                expect(layout.states).toEqual(expected.map((hit) => hit.task.state));
                expect([...layout.ratios]).toEqual(expected.map(findRatio));
                expect(layout.cursors).toHaveLength(Math.ceil(expected.length / SLICE));
                for (const [at, after] of layout.cursors.entries()) {
                  const page = await store.search({ ...request, limit: SLICE, after });
                  const start = hits.indexOf(expected[at * SLICE] as Hit);
                  expect(idsOf(page.hits)).toEqual(idsOf(hits.slice(start, start + SLICE)));
                }
                for (const [index, { task: found }] of expected.entries()) {
                  const all = hits.findIndex((hit) => hit.task.id === found.id);
                  expect(await store.place({ ...request, id: found.id, timeZone })).toEqual({
                    id: found.id,
                    createdAtMs: found.createdAtMs,
                    index,
                    count: expected.length,
                    previous: hits[all - 1]?.task.id,
                    next: hits[all + 1]?.task.id,
                    indexedFromMs: undefined,
                  });
                }
              }
              const [group] = hits.filter((hit) => (hit.group?.count ?? 0) > 1);
              const older = group?.group?.tasks.at(-1);
              if (groupByPrompt && older)
                expect(await store.place({ ...request, id: older.id, timeZone })).toMatchObject({
                  id: group?.task.id,
                });
              const matching = new Set(idsOf(await readAllHits(store, { ...request, groupByPrompt: false })));
              const [other] = tasks
                .map(({ prefix }, at) => `${prefix}${at}` as TaskId)
                .filter((id) => !matching.has(id));
              if (other) expect(await store.place({ ...request, id: other, timeZone }), sort).toBeUndefined();
            }
            expect(
              await store.place({
                ...createRequest(questions[0] as Question),
                id: 'none' as TaskId,
                timeZone: 'UTC',
              }),
            ).toBeUndefined();
            await store.close();
          },
        ),
        { numRuns: tries(25, 400) },
      );
    });

    test('tasks that are stored meanwhile only lengthen the first slice', async () => {
      const store = await open();
      const put = async (from: number, count: number) => {
        const documents = Array.from({ length: count }, (_, at) =>
          document({ id: `t${from + at}`, createdAt: (MARCH + (from + at) * HOUR) / 1000 }, MARCH),
        );
        await store.storeDocuments({
          documents,
          requestSeq: await store.nextRequestSeq(),
          fetchedAtMs: MARCH,
        });
      };
      await put(0, 7);
      const request = {
        ...searchRequest('', { limit: SLICE }),
        sort: 'newest' as const,
        groupByPrompt: false,
      };
      const month = { fromMs: MARCH, toMs: Date.UTC(2025, 3, 1) };
      const { cursors } = await store.layout({ ...request, month, sliceSize: SLICE });
      await put(7, 2);
      const readSlice = async (after: Cursor | undefined) =>
        idsOf((await store.search({ ...request, ...(after ? { after } : {}) })).hits);
      expect(await Promise.all(cursors.map(readSlice))).toEqual([
        ['t8', 't7', 't6'],
        ['t3', 't2', 't1'],
        ['t0'],
      ]);
    });

    test('3,000 tasks of the same time are in the order of their ids', async () => {
      const store = await open();
      const ids = Array.from({ length: 3000 }, (_, at) => `t${(at * 7919) % 3000}`);
      for (let at = 0; at < ids.length; at += 500)
        await store.storeDocuments({
          documents: ids
            .slice(at, at + 500)
            .map((id) => document({ id, createdAt: MARCH / 1000, state: 'pending' })),
          requestSeq: await store.nextRequestSeq(),
          fetchedAtMs: MARCH,
        });
      const month = { fromMs: MARCH, toMs: Date.UTC(2025, 3, 1) };
      const request = { ...searchRequest('', { limit: 1 }), sort: 'oldest' as const, groupByPrompt: false };
      const { states, cursors } = await store.layout({ ...request, month, sliceSize: 1000 });
      expect(states).toHaveLength(3000);
      const sorted = ids.toSorted();
      expect(cursors.map(({ id }) => id)).toEqual(['', sorted[999], sorted[1999]]);
      expect(await store.place({ ...request, id: sorted[1234] as TaskId, timeZone: 'UTC' })).toMatchObject({
        index: 1234,
        count: 3000,
        previous: sorted[1233],
        next: sorted[1235],
      });
    });
  });
}
