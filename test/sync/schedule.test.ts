import { expect, test, vi } from 'vitest';
import { isCronExpression } from '../../src/cron.ts';
import { documentText, numberedIds } from '../helpers/documents.ts';
import { world } from '../helpers/world.ts';

test.each([
  ['*/15 * * * * *', true],
  ['*/5 * * * *', true],
  ['99 * * * *', false],
  ['* * *', false],
  ['', false],
])('%j is a cron expression: %s', (expression, valid) => {
  expect(isCronExpression(expression)).toBe(valid);
});

test('the schedule runs by itself, and not after the mirror was stopped', async () => {
  const { simulator, store, clock, mirror } = await world({ syncCron: '* * * * * *' });
  const [first, second] = numberedIds(2);
  simulator.seed([first, second].map((id) => documentText({ id })));
  await store.track([first], clock.now());
  await vi.waitFor(async () => expect((await store.get(first))?.state).toBe('succeeded'), { timeout: 5000 });
  expect(await store.runs(5)).toMatchObject([{ trigger: 'schedule', outcome: 'done' }]);

  await store.track([second], clock.now());
  await mirror.stop();
  const asked = simulator.requests.length;
  await new Promise((resolve) => setTimeout(resolve, 1200)); // real time: the schedule's clock is node-cron's own
  expect(simulator.requests).toHaveLength(asked);
});

test('off never runs', async () => {
  const { simulator, store, clock } = await world({ syncCron: 'off' });
  await store.track(numberedIds(1), clock.now());
  await new Promise((resolve) => setTimeout(resolve, 1200));
  expect(simulator.requests).toHaveLength(0);
});
