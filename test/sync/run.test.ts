import { describe, expect, test } from 'vitest';
import type { Fault } from '../../src/simulator/faults.ts';
import type { TaskId } from '../../src/task/id.ts';
import { documentText, numberedIds } from '../helpers/documents.ts';
import { showFigure } from '../helpers/figure.ts';
import { startTestMirror, type TestMirror } from '../helpers/test-mirror.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

const run = (it: TestMirror, trigger: 'api' | 'schedule' = 'schedule') => it.mirror.runner.run({ trigger });

async function tracking(
  count: number,
  settings = {},
  outside = {},
): Promise<{ it: TestMirror; ids: TaskId[] }> {
  const it = await startTestMirror(settings, {}, outside);
  const ids = numberedIds(count);
  await it.store.track(ids, it.clock.now());
  return { it, ids };
}

/** Holds the first request until there is a second one. */
function sendTwoAtOnce(): typeof fetch {
  let sent = 0;
  let sendBoth = (): void => undefined;
  const second = new Promise<void>((resolve) => {
    sendBoth = resolve;
  });
  return async (...request) => {
    sent += 1;
    if (sent === 2) sendBoth();
    await second;
    return fetch(...request);
  };
}

describe('a run', () => {
  test('fetches 1,030 tracked ids with 21 requests, in batches of 50', async () => {
    const { it, ids } = await tracking(1030);
    it.simulator.seed(ids.map((id) => documentText({ id })));
    const { outcome, counts } = await run(it);
    expect(outcome).toBe('done');
    expect(counts).toMatchObject({ claimed: 1030, finished: 1030, requests: 21 });
    expect(it.simulator.requests).toHaveLength(21);
    expect(it.simulator.requests.every(({ action }) => action === 'retrieve_batch')).toBe(true);
    expect(new Set(it.simulator.requests.flatMap((request) => request.ids ?? [])).size).toBe(1030);
    expect((await it.store.stats(0)).byState.succeeded).toBe(1030);

    it.clock.advance(30 * DAY);
    await run(it);
    expect(it.simulator.requests).toHaveLength(21); // finished tasks are never asked for again
  });

  test.each(['1e40', '9007199254740993', '-1e300', '1e400'])(
    'stores a batch in spite of a task that took %s seconds',
    async (elapsed) => {
      const { it, ids } = await tracking(3);
      const [odd = ''] = ids;
      it.simulator.seed(ids.map((id) => documentText({ id })));
      const response = '"response":{"success":true,"data":[]}';
      it.simulator.seed([`{"id":"${odd}","finished_at":1736304669.7,"elapsed":${elapsed},${response}}`]);
      expect(await run(it)).toMatchObject({ outcome: 'done', error: undefined });
      for (const id of ids) expect((await it.store.get(id))?.text).toBe(it.simulator.documentText(id));
    },
  );

  test('never sends more than the batch size', async () => {
    const { it, ids } = await tracking(20, { batchSize: '7' });
    it.simulator.seed(ids.map((id) => documentText({ id })));
    await run(it);
    expect(it.simulator.requests.map((request) => request.ids?.length).sort()).toEqual([6, 7, 7]);
  });

  test('takes the longest due ids first', async () => {
    const it = await startTestMirror({ batchSize: '1', concurrency: '1' });
    const ids = numberedIds(3);
    for (const [at, id] of ids.entries()) await it.store.track([id], it.clock.now() - at * 1000);
    await run(it);
    expect(it.simulator.requests.map((request) => request.ids?.[0])).toEqual([...ids].reverse());
  });

  test('checks a pending task with exponential backoff, until it is finished', async () => {
    const it = await startTestMirror();
    const id = it.simulator.addTask({ prompt: 'a slow cat', durationMs: 10 * MINUTE }) as TaskId;
    await it.store.track([id], it.clock.now());
    const askedAt: number[] = [];
    for (let second = 0; second < 30 * 60; second += 1) {
      await run(it);
      if (it.simulator.requests.length > askedAt.length) askedAt.push(second);
      it.clock.advance(1000);
    }
    const gaps = askedAt.slice(1).map((at, index) => at - (askedAt[index] ?? 0));
    expect(gaps).toEqual([10, 20, 40, 80, 160, 320]);
    expect((await it.store.get(id))?.state).toBe('succeeded');
    expect((await it.store.tracked({ limit: 1, offset: 0 })).total).toBe(0);
  });

  test('isolates one bad id by splitting batches, and fetches all the others', async () => {
    const { it, ids } = await tracking(50);
    it.simulator.seed(ids.map((id) => documentText({ id })));
    const [bad] = ids.slice(17, 18) as [TaskId];
    it.simulator.fault({ kind: 'refuse-ids', ids: [bad] });
    const { outcome, counts } = await run(it);
    expect([outcome, counts.finished, counts.failed]).toEqual(['done', 49, 1]);
    expect(counts.requests).toBeLessThanOrEqual(13); // 1 + 2 for each of the six halvings
    const { items } = await it.store.tracked({ limit: 5, offset: 0 });
    expect(items).toMatchObject([{ id: bad, attempts: 1, lastError: expect.stringContaining('400') }]);
  });

  test.each<[string, Fault]>([
    ['says that there is no such route', { kind: 'status', status: 404, code: 'no_api' }],
    ['is a web page', { kind: 'html', status: 404 }],
  ])('asks nothing twice of an address whose 404 %s, and gives up no id', async (_, fault) => {
    const { it, ids } = await tracking(200, { batchSize: '50', concurrency: '1' });
    it.simulator.fault(fault);
    const { outcome, error, counts } = await run(it);
    expect([outcome, counts.requests, counts.unknown]).toEqual(['unreachable', 3, 0]);
    expect(error).toContain('404');
    it.simulator.clearFaults();
    it.simulator.seed(ids.map((id) => documentText({ id })));
    it.clock.advance(60 * MINUTE);
    expect((await run(it)).counts.finished).toBe(200);
  });

  test('gives up an id that the upstream has not known for the configured time, and reports it', async () => {
    const { it, ids } = await tracking(1, { giveUpAfterMs: '1d' });
    for (let hour = 0; hour < 60; hour += 1) {
      await run(it);
      it.clock.advance(60 * MINUTE);
    }
    const [item] = (await it.store.tracked({ limit: 1, offset: 0 })).items;
    expect(item).toMatchObject({
      id: ids[0],
      dueAtMs: undefined,
      lastError: expect.stringContaining('given up'),
    });
    const asked = it.simulator.requests.length;
    it.clock.advance(30 * DAY);
    await run(it);
    expect(it.simulator.requests).toHaveLength(asked);

    it.simulator.seed([documentText({ id: ids[0] as string })]);
    await it.store.track(ids, it.clock.now());
    await run(it);
    expect((await it.store.get(ids[0] as TaskId))?.state).toBe('succeeded');
  });

  test('does not give up ids because the clock jumped', async () => {
    const { it, ids } = await tracking(1);
    await run(it);
    it.clock.advance(365 * DAY);
    await run(it);
    expect((await it.store.tracked({ limit: 1, offset: 0 })).items[0]?.dueAtMs).toBeDefined();
    expect(ids).toHaveLength(1);
  });

  test.each([401, 403])(
    'stops at once on %i, reports it, and retries only after a cooldown',
    async (status) => {
      const { it, ids } = await tracking(500, { concurrency: '1' });
      it.simulator.fault({ kind: 'status', status, code: 'invalid_token' });
      const { outcome, error } = await run(it);
      expect([outcome, it.simulator.requests.length]).toEqual(['rejected', 1]);
      expect(error).toContain(String(status));
      await run(it);
      expect(it.simulator.requests).toHaveLength(1);

      const ready = (await (await it.get('/readyz')).json()) as { reasons: string[] };
      expect(ready.reasons.join()).toContain('rejected');
      expect(
        ((await (await it.get('/api/stats')).json()) as { upstream: { state: string } }).upstream.state,
      ).toBe('rejected');
      // A person who has mended the token need not wait: a run by hand asks, and so does a start.
      await it.restart();
      expect((await (await it.get('/readyz')).json()) as object).toEqual({ status: 'ready', reasons: [] });
      it.simulator.clearFaults();
      it.simulator.seed(ids.map((id) => documentText({ id })));
      expect((await run(it, 'api')).counts.finished).toBe(500);
    },
  );

  test('waits for a short rate limit and continues; leaves a long one to a later run', async () => {
    const { it, ids } = await tracking(200, { concurrency: '1' });
    it.simulator.seed(ids.map((id) => documentText({ id })));
    it.simulator.fault({ kind: 'status', status: 429, headers: { 'retry-after': '30' } }, { times: 1 });
    const first = await run(it);
    expect([first.outcome, first.counts.finished]).toEqual(['done', 200]);
    expect(it.clock.sleeps).toContain(30_000);

    await it.store.track(numberedIds(201), it.clock.now());
    it.simulator.fault({ kind: 'status', status: 429, headers: { 'retry-after': '600' } }, { times: 1 });
    expect((await run(it)).outcome).toBe('rate-limited');
    const asked = it.simulator.requests.length;
    expect((await run(it, 'api')).outcome).toBe('rate-limited'); // nobody may hurry a rate limit
    expect(it.simulator.requests).toHaveLength(asked);
    it.clock.advance(10 * MINUTE);
    expect((await run(it)).outcome).toBe('done');
  });

  test.each([
    ['a response in flight', { kind: 'delay', ms: 100 }],
    ['a shorter cooldown', { kind: 'status', status: 429, headers: { 'retry-after': '1' } }],
    ['a rejected token', { kind: 'status', status: 401 }],
  ] as const)('keeps a cooldown despite %s', async (_, other) => {
    const { it, ids } = await tracking(500, { concurrency: '2' }, { fetch: sendTwoAtOnce() });
    it.simulator.seed(ids.map((id) => documentText({ id })));
    it.simulator.fault({ kind: 'status', status: 429, headers: { 'retry-after': '600' } }, { times: 1 });
    it.simulator.fault(other, { times: 1 });
    expect((await run(it)).outcome).toMatch(/rate-limited|rejected/);
    expect(it.simulator.requests).toHaveLength(2);
    it.clock.advance(9 * MINUTE);
    await run(it);
    await run(it, 'api');
    expect((await it.post({ action: 'retrieve', id: ids[499] })).status).toBe(429);
    expect(it.simulator.requests).toHaveLength(2);
    it.clock.advance(MINUTE);
    await run(it);
    expect((await it.store.stats(0)).byState.succeeded).toBe(500);
  });

  test('stops after three consecutive failures, and keeps every id', async () => {
    const { it } = await tracking(500, { concurrency: '1' });
    await it.simulator.stop();
    const { outcome, counts } = await run(it);
    expect([outcome, counts.failed]).toEqual(['unreachable', 150]);
    const { total, items } = await it.store.tracked({ limit: 500, offset: 0 });
    expect(total).toBe(500);
    // The outage is not theirs: none waits longer for it.
    expect(items.every(({ attempts, dueAtMs }) => attempts === 0 && (dueAtMs ?? 0) <= it.clock.now())).toBe(
      true,
    );
  });

  test('tries other ids first after a failure, so that bad ones do not block them', async () => {
    const { it, ids } = await tracking(400, { concurrency: '1' });
    it.simulator.seed(ids.map((id) => documentText({ id })));
    // Three batches that fail each time look like an upstream that is down.
    it.simulator.fault({ kind: 'refuse-ids', ids: ids.slice(0, 150), status: 500 });
    expect((await run(it)).outcome).toBe('unreachable');
    it.clock.advance(10 * MINUTE);
    const second = await run(it);
    expect([second.counts.finished, second.counts.failed]).toEqual([250, 150]);
    // Now it shows that the upstream answers others: they are checked with exponential backoff.
    const { items } = await it.store.tracked({ limit: 500, offset: 0 });
    expect(items.every(({ attempts, lastError }) => attempts === 1 && lastError?.includes('500'))).toBe(true);
  });

  test('retries a transient failure by the retry table, with delays', async () => {
    const { it, ids } = await tracking(1);
    it.simulator.seed(ids.map((id) => documentText({ id })));
    it.simulator.fault({ kind: 'html', status: 502 }, { times: 2 });
    expect((await run(it)).counts.finished).toBe(1);
    expect(it.clock.sleeps).toEqual([500, 1000]);
  });

  test('never overlaps: concurrent calls share the run in progress', async () => {
    const { it, ids } = await tracking(100);
    it.simulator.seed(ids.map((id) => documentText({ id })));
    it.simulator.fault({ kind: 'delay', ms: 60 });
    const results = await Promise.all([run(it), run(it, 'api'), run(it)]);
    expect(new Set(results).size).toBe(1);
    expect(it.simulator.requests).toHaveLength(2);
    expect(await it.store.runs(5)).toHaveLength(1);
  });

  test('limits requests in flight to the configured number, callers included', async () => {
    const { it, ids } = await tracking(300, { concurrency: '2' });
    it.simulator.seed(ids.map((id) => documentText({ id })));
    it.simulator.fault({ kind: 'delay', ms: 40 });
    const running = run(it);
    const started = performance.now();
    await it.post({ action: 'retrieve', id: 'unknown-one' });
    await running;
    // 7 requests of 40 ms, two at a time, can't be done faster.
    expect(performance.now() - started).toBeGreaterThan(3 * 40);
    expect(it.simulator.requests).toHaveLength(7);
  });

  test('is recorded, with its counts and errors', async () => {
    const { it, ids } = await tracking(2);
    it.simulator.seed([documentText({ id: ids[0] as string })]);
    await run(it);
    const { items } = (await (await it.get('/api/sync/runs')).json()) as { items: Record<string, unknown>[] };
    expect(items).toMatchObject([
      { trigger: 'schedule', outcome: 'done', claimed: 2, finished: 1, unknown: 1, requests: 1, error: null },
    ]);
    // Nothing is due: the schedule comes by every few seconds and leaves no record of that.
    await run(it);
    expect(await it.store.runs(5)).toHaveLength(1);
  });

  test('offline or without a token sends no request and reports why', async () => {
    const offline = await startTestMirror({ offline: 'true' });
    await offline.store.track(numberedIds(1), 0);
    expect((await run(offline, 'api')).error).toContain('offline');
    const without = await startTestMirror({ upstreamToken: '' });
    await without.store.track(numberedIds(1), 0);
    expect((await run(without, 'api')).error).toContain('ACEDATACLOUD_API_TOKEN');
    expect([...offline.simulator.requests, ...without.simulator.requests]).toEqual([]);
  });

  test('continues after a restart', async () => {
    const { it, ids } = await tracking(60);
    it.simulator.seed(ids.map((id) => documentText({ id })));
    await it.store.claimDue({ dueBeforeMs: it.clock.now(), nowMs: it.clock.now(), limit: 50, leaseMs: DAY });
    await it.restart();
    expect((await run(it)).counts.finished).toBe(60);
  });
});

describe('a clock that is set', () => {
  /** As the default schedule. */
  async function minutes(it: TestMirror, count: number): Promise<number> {
    const before = it.simulator.requests.length;
    for (let runs = 0; runs < 4 * count; runs += 1) {
      await run(it);
      it.clock.advance(MINUTE / 4);
    }
    return it.simulator.requests.length - before;
  }

  test.for([
    ['back by an hour', -60 * MINUTE],
    ['forward by a day', DAY],
  ] as const)(
    '%s causes no additional requests, loses nothing and changes no order',
    async ([, byMs], context) => {
      const it = await startTestMirror({ giveUpAfterMs: '12h' });
      const { clock, simulator, store } = it;
      const pending = Array.from({ length: 200 }, () =>
        simulator.addTask({ prompt: 'a cat', durationMs: 30 * DAY }),
      );
      await store.track(pending as TaskId[], clock.now());
      const list = async () =>
        (
          await it.post({ action: 'retrieve_batch', limit: 500 }, { 'cache-control': 'only-if-cached' })
        ).text();
      const normal = await minutes(it, 1);
      await minutes(it, 60);
      const unknown = numberedIds(20);
      await store.track(unknown, clock.now());
      await run(it);
      const listed = await list();
      expect(listed).toContain('"count":200');

      clock.set(byMs);
      const firstMinute = await minutes(it, 1);
      expect(firstMinute).toBeLessThanOrEqual(normal);
      expect(await list()).toBe(listed);
      const cached = await it.post(
        { action: 'retrieve', id: pending[0] },
        { 'cache-control': 'only-if-cached' },
      );
      expect(cached.headers.get('age')).toMatch(/^\d+$/);
      // A day has not passed for an id that was asked for twice or thrice.
      const givenUp = async () =>
        (await store.tracked({ limit: 500, offset: 0 })).items.filter(({ dueAtMs }) => dueAtMs === undefined);
      expect(await givenUp()).toEqual([]);

      simulator.requests.length = 0;
      await minutes(it, 180);
      const asked = new Set(simulator.requests.flatMap(({ ids }) => ids ?? []));
      expect([...pending, ...unknown].filter((id) => !asked.has(id))).toEqual([]);
      await minutes(it, 24 * 60);
      expect((await givenUp()).map(({ id }) => id).sort()).toEqual(unknown);
      showFigure(context, `${firstMinute} requests in the first minute after it, ${normal} in one as usual`);
    },
  );
});

test('the routes: track, see, run, untrack', async () => {
  const it = await startTestMirror();
  const [known, unknown] = numberedIds(2);
  it.simulator.seed([documentText({ id: known })]);
  const body = JSON.stringify({ ids: [known, unknown, known] });
  const tracked = await it.request('/api/tracked', { method: 'POST', body });
  expect(await tracked.json()).toEqual({ added: 2, revived: 0, already_tracked: 0, already_finished: 0 });

  expect(await (await it.request('/api/sync', { method: 'POST' })).json()).toMatchObject({
    outcome: 'done',
    finished: 1,
    unknown: 1,
  });
  const list = (await (await it.get('/api/tracked')).json()) as {
    items: Record<string, unknown>[];
    total: number;
  };
  expect(list).toMatchObject({
    total: 1,
    items: [{ id: unknown, given_up: false, attempts: 1, unknown_since: expect.any(String) }],
  });

  const removed = await it.request(`/api/tracked/${unknown}`, { method: 'DELETE' });
  expect(await removed.json()).toEqual({ id: unknown, untracked: true });
  expect((await it.request(`/api/tracked/${unknown}`, { method: 'DELETE' })).status).toBe(404);
});
