/** What every store must do for tasks and costs over time; a part of conformance.ts. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatPeriod } from '../../src/search/dates.ts';
import type { MaybePromise } from '../../src/store/contract/maybe-promise.ts';
import type { Store } from '../../src/store/contract/store.ts';
import { document } from '../helpers/documents.ts';
import { tries } from '../helpers/thorough.ts';

const HOUR = 3_600_000;
const START = Date.UTC(2025, 2, 9);

const createdAtMs = fc.oneof(
  fc.integer({ min: -60, max: 60 }).map((hours) => START + hours * HOUR),
  fc.integer({ min: -60, max: 60 }).map((hours) => START + hours * HOUR - 1),
  fc.integer({ min: START - 90 * 24 * HOUR, max: START + 90 * 24 * HOUR }),
);
const task = fc.record({
  createdAtMs,
  /** Sums of such amounts as floating-point numbers are not exact. */
  amount: fc.constantFrom(undefined, 0, 0.1, 0.2, 0.04, 2.68),
  userId: fc.constantFrom('me', 'you'),
});
const question = fc.record({
  by: fc.constantFrom('day' as const, 'month' as const),
  timeZone: fc.constantFrom('UTC', 'Asia/Kathmandu', 'America/New_York', 'Pacific/Apia'),
  fromMs: fc.option(createdAtMs, { nil: undefined }),
  toMs: fc.option(createdAtMs, { nil: undefined }),
  isLimited: fc.boolean(),
});

/** @param open opens an empty mirror */
export function describeActivity(open: () => MaybePromise<Store>): void {
  test('tasks and costs of each period are those of its tasks, exactly', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(task, { maxLength: 40 }),
        fc.array(question, { minLength: 8, maxLength: 8 }),
        async (tasks, questions) => {
          const store = await open();
          await store.storeDocuments({
            documents: tasks.map((one, at) => {
              const response = {
                success: true,
                data: [{ image_url: 'https://img.example/a' }],
                cost: { amount: one.amount },
              };
              return document(
                { id: `t${at}`, createdAt: one.createdAtMs / 1000, userId: one.userId, more: { response } },
                START,
              );
            }),
            requestSeq: 1,
            fetchedAtMs: START,
          });
          for (const { by, timeZone, fromMs, toMs, isLimited } of questions) {
            const expected = new Map<string, [count: number, cost: number]>();
            for (const one of tasks.toSorted((a, b) => a.createdAtMs - b.createdAtMs)) {
              const isOutside =
                one.createdAtMs < (fromMs ?? 0) || one.createdAtMs >= (toMs ?? Number.POSITIVE_INFINITY);
              if (isOutside || (isLimited && one.userId !== 'me')) continue;
              const period = formatPeriod(by, one.createdAtMs, timeZone);
              const [count, cost] = expected.get(period) ?? [0, 0];
              expected.set(period, [count + 1, cost + Math.round((one.amount ?? 0) * 1e6)]);
            }
            const found = await store.activity({
              by,
              timeZone,
              ...(fromMs === undefined ? {} : { fromMs }),
              ...(toMs === undefined ? {} : { toMs }),
              ...(isLimited ? { within: { userIds: ['me'], applicationIds: [] } } : {}),
            });
            expect(
              found.map((one) => [formatPeriod(by, one.fromMs, timeZone), [one.count, one.cost]]),
            ).toEqual([...expected]);
          }
          await store.close();
        },
      ),
      { numRuns: tries(30, 500) },
    );
  });
}
