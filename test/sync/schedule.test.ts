import pino from 'pino';
import { expect, onTestFinished, test, vi } from 'vitest';
import { isCronExpression, startCron } from '../../src/lib/cron.ts';
import { documentText, numberedIds } from '../helpers/documents.ts';
import { startTestMirror } from '../helpers/test-mirror.ts';

test.each([
  ['*/15 * * * * *', true],
  ['*/5 * * * *', true],
  ['99 * * * *', false],
  ['* * *', false],
  ['', false],
])('%j is a cron expression: %s', (expression, valid) => {
  expect(isCronExpression(expression)).toBe(valid);
});

test('the schedule runs automatically, and not after the mirror was stopped', async () => {
  const { simulator, store, clock, mirror } = await startTestMirror({ syncCron: '* * * * * *' });
  const [first, second] = numberedIds(2);
  simulator.seed([first, second].map((id) => documentText({ id })));
  await store.track([first], clock.now());
  await vi.waitFor(async () => expect((await store.get(first))?.state).toBe('succeeded'), {
    timeout: 30_000,
  });
  await expect.poll(() => store.runs(5)).toMatchObject([{ trigger: 'schedule', outcome: 'done' }]);

  await store.track([second], clock.now());
  await mirror.stop();
  const asked = simulator.requests.length;
  await new Promise((resolve) => setTimeout(resolve, 1200)); // real time: the schedule's clock is node-cron's own
  expect(simulator.requests).toHaveLength(asked);
});

test.each([
  ['back by an hour', -3_600_000],
  ['forward by a day', 86_400_000],
])('a clock that is set %s does not stop the schedule', async (_, byMs) => {
  vi.useFakeTimers({
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'],
  });
  onTestFinished(() => void vi.useRealTimers());
  let runs = 0;
  const job = async () => {
    runs += 1;
  };
  const schedule = startCron('* * * * * *', job, pino({ level: 'silent' }));
  await vi.advanceTimersByTimeAsync(5000);
  expect(runs).toBeGreaterThan(3);
  vi.setSystemTime(Date.now() + byMs);
  runs = 0;
  await vi.advanceTimersByTimeAsync(20_000);
  expect(runs).toBeGreaterThan(7);
  expect(runs).toBeLessThanOrEqual(21); // one at a time, not those of a day at once
  await schedule.stop();
});

test('the schedule never runs when it is off', async () => {
  const { simulator, store, clock } = await startTestMirror({ syncCron: 'off' });
  await store.track(numberedIds(1), clock.now());
  await new Promise((resolve) => setTimeout(resolve, 1200));
  expect(simulator.requests).toHaveLength(0);
});
