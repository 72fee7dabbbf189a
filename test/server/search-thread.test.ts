import { setMaxListeners } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { SEARCH_WORKER } from '../../src/app/workers.ts';
import type { HangUpWatch, SearchLimits } from '../../src/server/search/search-runner.ts';
import { startSearchThread } from '../../src/server/search/search-thread.ts';
import { document } from '../helpers/documents.ts';
import { locateTestStore, requireSqlite } from '../helpers/test-engine.ts';
import { openTestStore, startTestMirror, temporaryDirectory } from '../helpers/test-mirror.ts';

test('a crashed thread fails waiting searches, and the next search starts another', async (context) => {
  requireSqlite(context); // which does not make a mirror when a search looks for one
  const dataDir = temporaryDirectory();
  const searching = startSearchThread(SEARCH_WORKER, { ...(await locateTestStore(dataDir)), basePath: '/' });
  await expect(
    searching.answer({ route: 'search', query: 'q=cat', limits: undefined, nowMs: 0 }),
  ).rejects.toThrow('there is no mirror');

  const store = await openTestStore(dataDir);
  await store.storeDocuments({ documents: [document({ prompt: 'a cat' })], requestSeq: 1, fetchedAtMs: 0 });
  expect(
    JSON.parse(await searching.answer({ route: 'search', query: 'q=cat', limits: undefined, nowMs: 0 })),
  ).toMatchObject({ total: 1 });
  await expect(
    searching.answer({ route: 'search', query: 'limit=0', limits: undefined, nowMs: 0 }),
  ).rejects.toMatchObject({
    status: 400,
    code: 'bad_request',
  });
  await searching.close();
});

test('a search whose caller disconnected is not started, and searches beyond the queue limit are rejected', async () => {
  const dataDir = temporaryDirectory();
  await openTestStore(dataDir);
  const searching = startSearchThread(SEARCH_WORKER, { ...(await locateTestStore(dataDir)), basePath: '/' });
  const question = { route: 'search', query: 'q=cat', limits: undefined, nowMs: 0 } as const;
  const asked: number[] = [];
  const answers = Array.from({ length: 300 }, (_, at) =>
    searching.answer(question, () => {
      asked.push(at);
      return at % 2 === 0;
    }),
  );
  const results = await Promise.allSettled(answers);
  const refused = results.map(({ status }) => status === 'rejected');
  expect(refused.slice(0, 256)).toEqual(Array.from({ length: 256 }, (_, at) => at % 2 === 1));
  expect(asked).toEqual(Array.from({ length: 256 }, (_, at) => at));
  for (const result of results.slice(256))
    expect(result).toMatchObject({ status: 'rejected', reason: { status: 503, code: 'api_error' } });
  expect(JSON.parse(await searching.answer(question))).toMatchObject({ total: 0 });
  await searching.close();
});

test('closing aborts searches in flight', async () => {
  const dataDir = temporaryDirectory();
  await openTestStore(dataDir);
  const searching = startSearchThread(SEARCH_WORKER, { ...(await locateTestStore(dataDir)), basePath: '/' });
  const answer = searching
    .answer({ route: 'search', query: 'q=cat', limits: undefined, nowMs: 0 })
    .catch((error: unknown) => error);
  await searching.close();
  expect(await answer).toMatchObject({ status: 503 });
});

/**
 * A thread that answers at once, except to `wait`, until it is interrupted, and to `stuck`, for ever. After `old` it has something to
 * count again, which takes until it is interrupted after `old slow`; `counted` is answered with how often it did, and
 * `which` with the thread.
 */
const THREAD = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort, threadId, workerData } from 'node:worker_threads';
    let [counted, due, isSlow] = [0, 0, false];
    const reply = (number, answer) => parentPort.postMessage({ number, answer, isRecountDue: due > 0 });
    parentPort.on('message', (message) => {
      if (message === 'end') process.exit();
      let { number, question: { route, query } } = message;
      if (route === 'recount') {
        counted += 1;
        due -= 1;
        if (!isSlow) return reply(number, '');
        query = 'wait';
      }
      if (query === 'old') due = 2;
      if (query === 'old slow') [due, isSlow] = [1, true];
      if (query === 'which') return reply(number, String(threadId));
      if (query === 'counted') return reply(number, String(counted));
      if (query === 'stuck') for (;;) Atomics.wait(workerData.interrupted, 0, -1, 10);
      if (query === 'memory') for (const all = []; ; ) all.push(new Array(1e6).fill(1.5));
      if (query === 'wait') {
        while (workerData.interrupted[0] !== number) Atomics.wait(workerData.interrupted, 0, 0, 5);
        parentPort.postMessage({ number, failed: { message: '', isInterrupted: true } });
      } else reply(number, query);
    });
    parentPort.postMessage('ready');
  `)}`,
);

const ask = (query: string) => ({ route: 'search', query, limits: undefined, nowMs: 0 }) as const;

function startFakeThread(limits: Partial<SearchLimits>) {
  const searching = startSearchThread(THREAD, { dataDir: '', basePath: '/' }, undefined, limits);
  onTestFinished(() => searching.close());
  return searching;
}

const SLOW = { timeoutMs: 600_000, graceMs: 600_000 };

test('a thread that is starting ends itself: Node aborts if it is ended while it loads a native module', async () => {
  const started = join(temporaryDirectory(), 'started');
  const slow = `
    import { writeFileSync } from 'node:fs';
    import { parentPort } from 'node:worker_threads';
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
    writeFileSync(${JSON.stringify(started)}, '');
    parentPort.on('message', (message) => message === 'end' && process.exit());
  `;
  const module = new URL(`data:text/javascript,${encodeURIComponent(slow)}`);
  const limits = { ...SLOW, graceMs: 1 };
  const searching = startSearchThread(module, { dataDir: '', basePath: '/' }, undefined, limits);
  const answer = searching.answer(ask('anything')).catch((error: unknown) => error);
  await searching.close();
  expect(await answer).toMatchObject({ status: 503 });
  expect(existsSync(started)).toBe(true);
});

describe('a search that takes too long', () => {
  test('is ended with 503 and Retry-After, and others go on', async () => {
    const searching = startFakeThread({ timeoutMs: 20, graceMs: 600_000 });
    const slow = searching.answer(ask('wait'));
    const next = searching.answer(ask('next'));
    await expect(slow).rejects.toMatchObject({
      status: 503,
      code: 'api_error',
      message: expect.stringContaining('the search took longer than 0.02 s'),
      options: { retryAfterSeconds: 1 },
    });
    expect(await next).toBe('next');
  });

  test('and does not come back is abandoned with its thread', async () => {
    const searching = startFakeThread({ timeoutMs: 20, graceMs: 20 });
    await expect(searching.answer(ask('stuck'))).rejects.toMatchObject({ status: 503 });
    expect(await searching.answer(ask('next'))).toBe('next');
  });

  test('in memory is ended alone', async () => {
    const searching = startFakeThread({ ...SLOW, heapMib: 64 });
    const [large, next] = await Promise.allSettled([
      searching.answer(ask('memory')),
      searching.answer(ask('next')),
    ]);
    expect(large).toMatchObject({ reason: { status: 503, code: 'api_error' } });
    expect(next).toMatchObject({ value: 'next' });
  });
});

describe('a thread whose answer was out of date', () => {
  test('counts again behind the answer, as often as there is something to count', async () => {
    const searching = startFakeThread(SLOW);
    expect(await searching.answer(ask('old'))).toBe('old');
    await expect.poll(() => searching.answer(ask('counted'))).toBe('2');
    expect(await searching.answer(ask('next'))).toBe('next');
  });

  test('does not keep others waiting: they get another thread, and when there is none the count is ended', async () => {
    const searching = startFakeThread(SLOW);
    const askWhich = (caller: string) => searching.answer(ask('which'), undefined, { caller });
    const first = await askWhich('a');
    expect(await searching.answer(ask('old slow'), undefined, { caller: 'a' })).toBe('old slow');
    // From when it counts on, another thread answers the same caller.
    await expect.poll(() => askWhich('a')).not.toBe(first);
    const busy = new AbortController();
    const other = searching.answer(ask('wait'), undefined, {
      caller: 'b',
      onHangUp: watchSignal(busy.signal),
    });
    expect(await askWhich('c')).toBe(first);
    busy.abort();
    await expect(other).rejects.toMatchObject({ status: 499 });
  });

  test('ends the count for a question that it may have counted before', async () => {
    const searching = startFakeThread(SLOW);
    const first = await searching.answer(ask('which'));
    expect(await searching.answer(ask('old slow'))).toBe('old slow');
    await expect.poll(() => searching.answer(ask('which'))).not.toBe(first);
    for (const route of ['facets', 'months'] as const)
      expect(await searching.answer({ ...ask('which'), route })).toBe(first);
  });

  test('of a mirror counts again, or has nothing to', async () => {
    const dataDir = temporaryDirectory();
    await openTestStore(dataDir);
    const searching = startSearchThread(SEARCH_WORKER, {
      ...(await locateTestStore(dataDir)),
      basePath: '/',
    });
    expect(await searching.answer({ route: 'recount' })).toBe('');
    await searching.close();
  });

  test('ends with the mirror', async () => {
    const errors: unknown[] = [];
    const searching = startSearchThread(THREAD, { dataDir: '', basePath: '/' }, (error) =>
      errors.push(error),
    );
    await searching.answer(ask('old slow'));
    await searching.close();
    expect(errors).toEqual([]);
  });
});

describe('a search whose caller hangs up', () => {
  test('is ended while it runs', async () => {
    const searching = startFakeThread(SLOW);
    const caller = new AbortController();
    expect(await searching.answer(ask('first'))).toBe('first');
    const slow = searching.answer(ask('wait'), undefined, { onHangUp: watchSignal(caller.signal) });
    const next = searching.answer(ask('next'));
    caller.abort();
    await expect(slow).rejects.toMatchObject({ status: 499 });
    expect(await next).toBe('next');
  });

  test('leaves the queue at once', async () => {
    const searching = startFakeThread(SLOW);
    const running = new AbortController();
    const slow = searching.answer(ask('wait'), undefined, { onHangUp: watchSignal(running.signal) });
    const waiting = new AbortController();
    const left = searching.answer(ask('x'), undefined, { onHangUp: watchSignal(waiting.signal) });
    waiting.abort();
    await expect(left).rejects.toMatchObject({ status: 499 });
    running.abort();
    await expect(slow).rejects.toMatchObject({ status: 499 });
  });

  test('is logged with 499, and counted so', async () => {
    const { get, mirror, log } = await startTestMirror();
    const { host, port } = new URL(mirror.url);
    const askAndLeave = () => {
      const socket = connect(Number(port), '127.0.0.1', () => {
        socket.write(`GET /api/search?q=a HTTP/1.1\r\nhost: ${host}\r\n\r\n`, () => socket.destroy());
      });
      socket.once('error', () => undefined);
    };
    // The first one waits for the thread to start.
    await expect
      .poll(() => {
        askAndLeave();
        return log();
      })
      .toContain('"status":499');
    expect(await (await get('/metrics')).text()).toMatch(/route="\/api\/search",.*status="499"/);
  });
});

describe('callers', () => {
  test('do not wait for the searches of another', async () => {
    const searching = startFakeThread(SLOW);
    const greedy = new AbortController();
    setMaxListeners(0, greedy.signal);
    const slow = Array.from({ length: 50 }, () =>
      searching.answer(ask('wait'), undefined, { caller: 'greedy', onHangUp: watchSignal(greedy.signal) }),
    );
    expect(await searching.answer(ask('quick'), undefined, { caller: 'other' })).toBe('quick');
    greedy.abort();
    const results = await Promise.allSettled(slow);
    expect(results.every(({ status }) => status === 'rejected')).toBe(true);
  });

  test('are served in turn, and a full queue makes room for those who have less in it', async () => {
    const searching = startFakeThread(SLOW);
    await Promise.all(['x', 'y'].map((caller) => searching.answer(ask(caller), undefined, { caller })));
    // Not in the order of their answers: the system may let one thread wait for long.
    const started: string[] = [];
    const refused: string[] = [];
    const answer = (caller: string) => {
      const isWanted = () => {
        started.push(caller);
        return true;
      };
      return searching.answer(ask(caller), isWanted, { caller }).catch(() => refused.push(caller));
    };
    const all = [...Array.from({ length: 256 }, () => answer('greedy')), answer('b'), answer('c')];
    await Promise.all(all);
    expect(refused).toEqual(['greedy', 'greedy']);
    expect(started).toHaveLength(256);
    // One of the first two threads that were free, and the next.
    expect(started.indexOf('b')).toBeLessThan(3);
    expect(started.indexOf('c')).toBeLessThan(6);
  });
});

function watchSignal(signal: AbortSignal): HangUpWatch {
  return (callback) => {
    signal.addEventListener('abort', callback);
    return () => signal.removeEventListener('abort', callback);
  };
}
