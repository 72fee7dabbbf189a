import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatPeriod } from '../../../../src/search/dates.ts';
import { document } from '../../../helpers/documents.ts';
import { searchRequest } from '../../../helpers/search.ts';
import { openTestStore } from '../../../helpers/test-mirror.ts';
import { tries } from '../../../helpers/thorough.ts';

const HOUR = 3_600_000;
const MARCH = Date.UTC(2025, 2, 1);

/** Bursts around the edges of months displace the positions of tasks, so that a later position may have an earlier time. */
const createdAtMs = fc.oneof(
  fc.integer({ min: -20, max: 20 }).map((ms) => MARCH + ms),
  fc.integer({ min: -20, max: 20 }).map((ms) => MARCH - 5.75 * HOUR + ms * 250),
  fc.integer({ min: -40, max: 40 }).map((days) => MARCH + days * 24 * HOUR),
);
const task = fc.record({ createdAtMs, prompt: fc.integer({ min: 0, max: 12 }).map((at) => `prompt ${at}`) });

test('each prompt counts once, at its newest task, however its tasks are displaced', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(task, { maxLength: 60 }),
      fc.constantFrom('UTC', 'Asia/Kathmandu', 'America/New_York'),
      fc.constantFrom('day' as const, 'month' as const),
      async (tasks, timeZone, by) => {
        const store = await openTestStore();
        await store.storeDocuments({
          documents: tasks.map(({ prompt, ...one }, at) =>
            document({ id: `t${at}`, prompt, createdAt: one.createdAtMs / 1000 }, MARCH),
          ),
          requestSeq: 1,
          fetchedAtMs: MARCH,
        });
        const newest = new Map<string, number>();
        for (const { prompt, createdAtMs: ms } of tasks)
          newest.set(prompt, Math.max(ms, newest.get(prompt) ?? 0));
        const expected = new Map<string, number>();
        for (const ms of [...newest.values()].sort((a, b) => a - b)) {
          const period = formatPeriod(by, ms, timeZone);
          expected.set(period, (expected.get(period) ?? 0) + 1);
        }
        const count = async (text: string) => {
          const { bars } = await store.histogram({
            ...searchRequest(text),
            by,
            timeZone,
            groupByPrompt: true,
          });
          return bars.map((bar) => [formatPeriod(by, bar.fromMs, timeZone), bar.count]);
        };
        // With a condition, all tasks are read.
        expect([await count(''), await count('prompt')]).toEqual([[...expected], [...expected]]);
      },
    ),
    { numRuns: tries(40, 500) },
  );
});
