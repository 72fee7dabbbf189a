/** Webhooks of the mirror's health. */
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { recordBackup } from '../../src/backup/last-backup.ts';
import { createWebhookSecret } from '../../src/lib/standard-webhooks.ts';
import { judge, type Told } from '../../src/webhooks/health-watch.ts';
import { addToken } from '../helpers/access-token.ts';
import { numberedIds } from '../helpers/documents.ts';
import { startTestMirror, type TestMirror } from '../helpers/test-mirror.ts';
import { startReceiver } from '../helpers/webhook-receiver.ts';

const MINUTE = 60_000;

/** A mirror, and somebody who listens but is not told yet. */
async function startUnwatched() {
  const receiver = await startReceiver();
  const here = await startTestMirror({ imageAllowHosts: receiver.host });
  const watch = async () => {
    await here.request('/api/webhooks', {
      method: 'POST',
      body: JSON.stringify({ url: receiver.url, health: true }),
    });
    await here.mirror.webhooks.run();
  };
  const listTypes = () => receiver.messages.map(({ value }) => value.type);
  return { here, receiver, watch, listTypes };
}

async function startWatched() {
  const { watch, ...others } = await startUnwatched();
  await watch();
  return others;
}

async function sync(here: TestMirror): Promise<void> {
  here.clock.advance(30 * MINUTE);
  await here.store.track(numberedIds(1), here.clock.now());
  await here.mirror.runner.run({ trigger: 'api' });
  await here.mirror.webhooks.run();
}

describe('a webhook of health', () => {
  test('is told of the first failure and of the recovery, and of nothing in between', async () => {
    const { here, receiver, listTypes } = await startWatched();
    await sync(here);
    expect(listTypes()).toEqual([]);
    here.simulator.fault({ kind: 'status', status: 401 });
    await sync(here);
    expect(receiver.messages.map(({ value }) => value)).toMatchObject([
      { type: 'mirror.failing', data: { problems: [expect.stringContaining('upstream rejected')] } },
    ]);
    await sync(here);
    await here.restart();
    await sync(here);
    expect(listTypes()).toEqual(['mirror.failing']);
    here.simulator.clearFaults();
    await here.restart();
    await sync(here);
    expect(listTypes()).toEqual(['mirror.failing', 'mirror.recovered']);
  });

  test('that is added during an outage is told of the recovery, and of the next failure only', async () => {
    const { here, watch, listTypes } = await startUnwatched();
    await recordBackup(here.store, { atMs: here.clock.now(), error: 'the disk is full' });
    here.simulator.fault({ kind: 'status', status: 401 });
    here.clock.advance(30 * MINUTE);
    await here.store.track(numberedIds(1), here.clock.now());
    await here.mirror.runner.run({ trigger: 'api' }); // nobody has looked since
    await watch();
    await sync(here);
    await here.restart();
    await sync(here);
    expect(listTypes()).toEqual([]);
    here.simulator.clearFaults();
    await here.restart();
    await sync(here);
    await sync(here);
    expect(listTypes()).toEqual(['mirror.recovered']);
    here.simulator.fault({ kind: 'status', status: 401 });
    await sync(here);
    expect(listTypes()).toEqual(['mirror.recovered', 'mirror.failing']);
  });

  test('that a command adds during an outage is told of the recovery only', async () => {
    const { here, receiver, listTypes } = await startUnwatched();
    here.simulator.fault({ kind: 'status', status: 401 });
    await sync(here);
    await here.store.addWebhook({
      ...{ id: randomUUID(), url: receiver.url, secret: createWebhookSecret() },
      ...{ savedSearchId: undefined, nowMs: here.clock.now() },
    });
    await sync(here);
    expect(listTypes()).toEqual([]);
    here.simulator.clearFaults();
    await here.restart();
    await sync(here);
    await sync(here);
    expect(listTypes()).toEqual(['mirror.recovered']);
  });

  test('is told when a backup has failed, once until they work again, of what comes and goes for a while', async () => {
    const { here, receiver, listTypes } = await startWatched();
    const backUp = async (error: string | undefined) => {
      await recordBackup(here.store, { atMs: here.clock.now(), error });
      await here.mirror.webhooks.run();
    };
    await backUp('the disk is full');
    await backUp('the disk is full');
    expect(receiver.messages.map(({ value }) => value)).toMatchObject([
      { type: 'backup.failed', data: { reason: 'the disk is full' } },
    ]);
    for (let time = 0; time < 3; time += 1) {
      await backUp(undefined);
      await backUp('the disk is full');
    }
    expect(listTypes()).toEqual(['backup.failed', 'backup.failed']);
    await backUp(undefined);
    here.clock.advance(5 * MINUTE);
    await backUp(undefined);
    await backUp('the disk is full');
    expect(listTypes()).toEqual(['backup.failed', 'backup.failed', 'backup.failed']);
    expect(new Set(receiver.messages.map(({ id }) => id)).size).toBe(3);
  });

  test('is for tokens without limits only', async () => {
    const { here } = await startWatched();
    const limited = await addToken(here, { limits: { userIds: ['me'] } });
    expect(await (await here.get('/api/webhooks', limited)).json()).toEqual({ items: [] });
    const [webhook] = await here.store.webhooks();
    expect((await here.get(`/api/webhooks/${webhook?.id}`, limited)).status).toBe(404);
  });
});

describe('what fails', () => {
  const play = (...looks: readonly (readonly [minute: number, isFailing: boolean])[]) => {
    let told: Told = { isFailing: false };
    return looks.map(([minute, isFailing]) => {
      told = judge(told, isFailing, minute * MINUTE);
      return told.isFailing;
    });
  };

  test('counts at once, and so does its recovery', () => {
    expect(play([0, true], [1, false])).toEqual([true, false]);
    expect(play([0, false], [99, false])).toEqual([false, false]);
  });

  test('and has failed within an hour has recovered when it was well for five minutes', () => {
    const once = [
      [0, true],
      [1, false],
    ] as const;
    expect(play(...once, [2, true], [3, false], [7.9, false], [8, false]).slice(2)).toEqual([
      ...[true, true, true, false],
    ]);
    expect(play(...once, [60, true], [61, false], [65, true], [66, false], [71, false]).slice(2)).toEqual([
      ...[true, true, true, true, false],
    ]);
    expect(play(...once, [61, true], [62, false]).slice(2)).toEqual([true, false]);
  });

  test('recovers as soon when the clock is set back', () => {
    expect(
      play([600, true], [601, false], [602, true], [603, false], [0, false], [5, false]).slice(2),
    ).toEqual([true, true, true, false]);
  });
});
