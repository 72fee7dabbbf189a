/** The way to the upstream is broken, or leads elsewhere: what callers get, and how much the mirror asks meanwhile. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { freePort } from '../bench/processes.ts';
import { documentText, numberedIds } from '../helpers/documents.ts';
import { showFigure } from '../helpers/figure.ts';
import { startTestMirror, type TestMirror, UPSTREAM_TOKEN } from '../helpers/test-mirror.ts';
import { tries } from '../helpers/thorough.ts';

const MINUTE_MS = 60_000;
const [ID] = numberedIds(1);

/** A server on loopback that nobody should come to. */
async function startForeignServer() {
  const seen = { connections: 0, requests: 0, text: '' };
  const server = createServer((request, response) => {
    seen.requests += 1;
    seen.text += JSON.stringify([request.url, request.rawHeaders]);
    response.end('{}');
  });
  server.on('connection', () => {
    seen.connections += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

/** `fetch` for the mirror, which counts what is sent. */
function countingFetch() {
  const count = { sent: 0, inFlight: 0, mostInFlight: 0 };
  const counted: typeof fetch = async (input, init) => {
    count.sent += 1;
    count.inFlight += 1;
    count.mostInFlight = Math.max(count.mostInFlight, count.inFlight);
    try {
      return await fetch(input, init);
    } finally {
      count.inFlight -= 1;
    }
  };
  return { count, counted };
}

describe('an upstream without a connection', () => {
  test.for<[string, () => Promise<string>]>([
    ['refuses', async () => `http://127.0.0.1:${await freePort()}`],
    ['has a name that does not resolve', async () => 'http://no-such-host.invalid'],
    ['speaks no TLS', async () => `https://${(await startForeignServer()).host}`],
  ])('that %s gives 502 without internals, and the schedule backs off', async ([, address], context) => {
    const upstreamUrl = await address();
    const { count, counted } = countingFetch();
    const here = await startTestMirror({ upstreamUrl }, {}, { fetch: counted });
    const ask = async () => {
      const started = performance.now();
      const answer = await here.post({ action: 'retrieve', id: ID });
      const body = (await answer.json()) as { error: { code: string; message: string } };
      return { status: answer.status, ...body.error, ms: performance.now() - started };
    };
    const answers = [await ask(), await ask(), await ask()];
    for (const { status, code, message } of answers) {
      expect([status, code]).toEqual([502, 'api_error']);
      expect(message).toMatch(/^[\w' ]+ \([a-z ]+\)$/);
      expect(message).not.toContain(new URL(upstreamUrl).hostname);
    }
    await here.store.track([ID], here.clock.now());
    expect((await here.mirror.runner.run({ trigger: 'schedule' })).outcome).toBe('unreachable');
    const sent = count.sent;
    expect(sent).toBe(answers.length + 1);
    await here.mirror.runner.run({ trigger: 'schedule' });
    expect(count.sent).toBe(sent);
    const fastest = Math.min(...answers.map(({ ms }) => ms));
    if (upstreamUrl.startsWith('http://127')) {
      expect(fastest).toBeLessThan(1000);
      showFigure(context, `502 after ${fastest.toFixed(0)} ms`);
    }
  });
});

describe('an upstream that does not answer', () => {
  const CONCURRENCY = 2;
  const TIMEOUT_MS = 250;

  test('holds no slot for longer than the timeout', async (context) => {
    const unanswered = tries(12, 100);
    let inFlight = 0;
    let release = () => {};
    let barrier: Promise<void> | undefined;
    const held: typeof fetch = async (input, init) => {
      inFlight += 1;
      await barrier;
      try {
        return await fetch(input, init);
      } finally {
        inFlight -= 1;
      }
    };
    const here = await startTestMirror(
      { concurrency: String(CONCURRENCY), upstreamTimeoutMs: `${TIMEOUT_MS}ms` },
      {},
      { fetch: held },
    );
    const [first, second, ...ids] = numberedIds(unanswered + 2);
    here.simulator.seed([first, second].map((id) => documentText({ id: id ?? '' })));
    const ask = async (id = '') => {
      const answer = await here.post({ action: 'retrieve', id });
      await answer.arrayBuffer();
      return answer.status;
    };
    // Every other one sends its head and then falls silent.
    let asked = 0;
    here.simulator.fault({ kind: 'drip', everyMs: 10 * TIMEOUT_MS }, { when: () => asked++ % 2 === 0 });
    here.simulator.fault({ kind: 'hang' });
    expect(new Set(await Promise.all(ids.map(ask)))).toEqual(new Set([502]));
    expect(here.simulator.requests).toHaveLength(unanswered);
    expect(inFlight).toBe(0);

    here.simulator.clearFaults();
    barrier = new Promise((resolve) => {
      release = resolve;
    });
    const good = [ask(first), ask(second)];
    await expect.poll(() => inFlight, { interval: 1 }).toBe(CONCURRENCY);
    release();
    expect(await Promise.all(good)).toEqual([200, 200]);
    showFigure(context, `0 of ${CONCURRENCY} slots stuck after ${unanswered} requests without an answer`);
  }, 60_000);
});

describe('a redirect', () => {
  test('is never followed, for any caller and any target', async (context) => {
    const elsewhere = await startForeignServer();
    const here = await startTestMirror({ upstreamTimeoutMs: '5s' });
    const { port } = new URL(here.simulator.url);
    const targets = [
      `http://${elsewhere.host}/`,
      `http://${elsewhere.host}/flux/tasks`,
      `//${elsewhere.host}/flux/tasks`,
      `http://user:password@${elsewhere.host}/`,
      `http://localhost:${port}/flux/tasks`,
      `${here.simulator.url}/flux/tasks`, // round and round
      '/flux/tasks',
      'http://169.254.169.254/latest/meta-data/',
      'file:///etc/passwd',
    ];
    let redirects = 0;
    const expectOne = async (asking: Promise<{ status: number }>) => {
      const before = here.simulator.requests.length;
      expect((await asking).status).toBe(502);
      expect(here.simulator.requests).toHaveLength(before + 1);
      redirects += 1;
    };
    for (const location of targets) {
      for (const status of [301, 302, 303, 307, 308]) {
        here.simulator.clearFaults();
        here.simulator.fault({ kind: 'redirect', location, status });
        await expectOne(here.post({ action: 'retrieve', id: ID }));
        if (status !== 307) continue; // one of them for who asks in other ways
        await expectOne(here.post({ action: 'retrieve_batch', ids: [ID] }));
        await expectOne(here.post({ action: 'delete', id: ID }));
        await expectOne(here.request('/flux/images', { method: 'POST', body: '{"prompt":"a cat"}' }));
        await here.store.track([ID], here.clock.now());
        const before = here.simulator.requests.length;
        expect((await here.mirror.runner.run({ trigger: 'api' })).outcome).toBe('unreachable');
        expect(here.simulator.requests).toHaveLength(before + 1);
        here.clock.advance(3_600_000);
      }
    }
    expect(elsewhere.seen).toEqual({ connections: 0, requests: 0, text: '' });
    await fetch(`http://${elsewhere.host}/`, { headers: { authorization: `Bearer ${UPSTREAM_TOKEN}` } });
    expect(elsewhere.seen).toMatchObject({
      connections: 1,
      requests: 1,
      text: expect.stringContaining(UPSTREAM_TOKEN),
    });
    showFigure(context, `${redirects} redirects: 0 requests to the other server, token seen there 0 times`);
  });
});

/** Runs as the default schedule does, for so long. @param after is called after each run; true ends it */
async function schedule(
  { clock, mirror }: TestMirror,
  forMs: number,
  after: () => boolean | Promise<boolean> = () => false,
): Promise<void> {
  const startedAtMs = clock.now();
  for (let ms = 0; ms < forMs; ms += 15_000) {
    await mirror.runner.run({ trigger: 'schedule' });
    if (await after()) return;
    const pastMs = clock.now() - startedAtMs;
    clock.advance(Math.max(0, ms + 15_000 - pastMs));
  }
}

describe('an outage of an hour', () => {
  const IDS = 500;
  const CONCURRENCY = 2;
  const LONGEST_BACK_OFF_MS = 5 * MINUTE_MS;
  /** Runs of a minute, each of which ends with the third failure; another may be in flight. */
  const MOST_A_MINUTE = 4 * (3 + CONCURRENCY - 1);

  test('causes few requests; after it the upstream is tried within the maximum backoff, without a stampede', async (context) => {
    const { count, counted } = countingFetch();
    const here = await startTestMirror({ concurrency: String(CONCURRENCY) }, {}, { fetch: counted });
    const { clock, store, simulator } = here;
    const ids = numberedIds(IDS);
    await store.track(ids, clock.now());
    await simulator.stop();

    const byMinute = new Map<number, number>();
    let before = 0;
    await schedule(here, 60 * MINUTE_MS, () => {
      const minute = Math.floor(clock.now() / MINUTE_MS);
      byMinute.set(minute, (byMinute.get(minute) ?? 0) + count.sent - before);
      before = count.sent;
      return false;
    });
    const inTheHour = count.sent;
    const inAMinute = Math.max(...byMinute.values());
    expect(inTheHour).toBeGreaterThan(60 / 5); // it never gave the upstream up
    expect(inTheHour).toBeLessThan(100);
    expect(inAMinute).toBeLessThanOrEqual(MOST_A_MINUTE);
    expect((await store.tracked({ limit: 1, offset: 0 })).total).toBe(IDS);

    const back = await startSimulator({ token: UPSTREAM_TOKEN, port: Number(new URL(simulator.url).port) });
    onTestFinished(() => back.stop());
    back.seed(ids.map((id) => documentText({ id })));
    back.fault({ kind: 'delay', ms: 20 });
    count.mostInFlight = 0;
    const returnedAtMs = clock.now();
    const stored = async () => (await store.stats(0)).byState.succeeded;
    let answeredAfterMs: number | undefined;
    await schedule(here, 30 * MINUTE_MS, async () => {
      if ((await stored()) > 0) answeredAfterMs ??= clock.now() - returnedAtMs;
      return (await stored()) === IDS;
    });
    const allAfterMs = clock.now() - returnedAtMs;
    expect(answeredAfterMs).toBeLessThanOrEqual(LONGEST_BACK_OFF_MS + 15_000);
    expect(await stored()).toBe(IDS);
    expect(allAfterMs).toBeLessThanOrEqual(LONGEST_BACK_OFF_MS + 15_000); // none waits for a back-off of its own
    expect(count.sent - inTheHour).toBe(IDS / 50);
    expect(count.mostInFlight).toBe(CONCURRENCY);
    showFigure(
      context,
      `${inTheHour} requests in the hour, at most ${inAMinute} in a minute; then an answer after ` +
        `${(answeredAfterMs ?? 0) / 1000} s, all ${IDS} after ${allAfterMs / 1000} s, ${count.mostInFlight} in flight at the peak`,
    );
  });
});

describe('a token that is rejected in the middle of a run', () => {
  const SLOTS = 4;

  test.for([401, 403])('ends the run after the requests in flight: %i', async (status, context) => {
    const seen = { sent: 0, inFlight: 0, refusedAfter: 0, inFlightThen: 0 };
    const watched: typeof fetch = async (input, init) => {
      seen.sent += 1;
      seen.inFlight += 1;
      const answer = await fetch(input, init);
      seen.inFlight -= 1;
      if (answer.status === status && seen.refusedAfter === 0) {
        seen.refusedAfter = seen.sent;
        seen.inFlightThen = seen.inFlight;
      }
      return answer;
    };
    const here = await startTestMirror({ concurrency: String(SLOTS) }, {}, { fetch: watched });
    const ids = numberedIds(1500);
    here.simulator.seed(ids.map((id) => documentText({ id })));
    await here.store.track(ids, here.clock.now());
    let answered = 0;
    here.simulator.fault({ kind: 'status', status, code: 'invalid_token' }, { when: () => ++answered > 6 });

    const run = await here.mirror.runner.run({ trigger: 'schedule' });
    expect([run.outcome, run.counts.finished]).toEqual(['rejected', 300]);
    const after = seen.sent - seen.refusedAfter;
    expect(seen.refusedAfter).toBeGreaterThan(6);
    expect(after).toBeLessThanOrEqual(SLOTS);
    const { sent } = seen;
    await schedule(here, 10 * MINUTE_MS);
    expect(seen.sent).toBe(sent);
    expect((await here.store.tracked({ limit: 1, offset: 0 })).total).toBe(1200);
    showFigure(
      context,
      `after the first ${status} ${after} requests, and ${seen.inFlightThen} were in flight, of ${SLOTS} slots`,
    );
  });
});
