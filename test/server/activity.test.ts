import { expect, test } from 'vitest';
import type { ActivityView } from '../../src/views/activity-schema.ts';
import { documentText, numberedIds } from '../helpers/documents.ts';
import { startTestMirror } from '../helpers/test-mirror.ts';

test('GET /api/stats/days tells tasks and costs, by default of the last 90 days or 12 months', async () => {
  const here = await startTestMirror();
  const now = here.clock.now();
  const DAY = 86_400_000;
  const ages = [0, 0, 1, 89, 90, 400];
  const ids = numberedIds(ages.length);
  here.simulator.seed(
    ages.map((age, at) =>
      documentText({
        id: ids[at] ?? '',
        createdAt: (now - age * DAY) / 1000,
        more: {
          response: {
            success: true,
            data: [{ image_url: `https://img.example/${at}` }],
            cost: { amount: 0.1 + 0.2 },
          },
        },
      }),
    ),
  );
  await here.post({ action: 'retrieve_batch', limit: 1000 });
  const ask = async (query: string) => {
    const answer = await here.get(`/api/stats/days?tz=UTC&${query}`);
    expect([query, answer.status]).toEqual([query, 200]);
    return (await answer.json()) as ActivityView;
  };
  const dayOf = (age: number) => new Date(now - age * DAY).toISOString().slice(0, 10);
  const days = await ask('');
  expect(days).toEqual({
    by: 'day',
    tz: 'UTC',
    items: [
      { period: dayOf(89), from: `${dayOf(89)}T00:00:00.000Z`, count: 1, cost: 0.3 },
      { period: dayOf(1), from: `${dayOf(1)}T00:00:00.000Z`, count: 1, cost: 0.3 },
      { period: dayOf(0), from: `${dayOf(0)}T00:00:00.000Z`, count: 2, cost: 0.6 },
    ],
    total: 4,
    cost: 1.2,
  });
  expect(await ask(`from=${dayOf(90)}&to=${dayOf(90)}`)).toMatchObject({
    total: 1,
    items: [{ period: dayOf(90) }],
  });
  expect(await ask(`to=${dayOf(1)}`)).toMatchObject({ total: 3 });
  expect(await ask('by=month')).toMatchObject({ by: 'month', total: 5, cost: 1.5 });
  expect(await ask('by=month&from=2000')).toMatchObject({ total: 6, cost: 1.8 });
  // What other routes know as conditions are none here.
  expect(await ask('q=dog&model=none')).toMatchObject({ total: 4 });
  for (const query of ['by=year', 'from=never', 'tz=Mars']) {
    const answer = await here.get(`/api/stats/days?${query}`);
    expect([query, answer.status]).toEqual([query, 400]);
    await answer.arrayBuffer();
  }
});
