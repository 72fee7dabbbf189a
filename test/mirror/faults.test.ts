/** The upstream misbehaves in every way that we know: what callers see, and what becomes of what is stored. */
import { describe, expect, test } from 'vitest';
import type { Fault } from '../../src/simulator/faults.ts';
import { VENDOR_DOCUMENTS, VENDOR_IDS } from '../../src/simulator/samples.ts';
import type { TaskId } from '../../src/task/id.ts';
import { numberedIds } from '../helpers/documents.ts';
import { showFigure } from '../helpers/figure.ts';
import { startTestMirror, type TestMirror } from '../helpers/test-mirror.ts';

const [FINISHED] = VENDOR_IDS;
const [FINISHED_TEXT] = VENDOR_DOCUMENTS;
const UNKNOWN = numberedIds(1)[0];

const TIMEOUT_MS = 700;

/** By name: the fault, and what a caller gets about an id of which nothing is stored. */
const FAULTS: readonly (readonly [string, Fault, number])[] = [
  ['500', { kind: 'status', status: 500, code: 'api_error', message: 'fetch failed' }, 500],
  ['502 HTML', { kind: 'html', status: 502 }, 502],
  ['200 HTML', { kind: 'html', status: 200 }, 502],
  ['503', { kind: 'status', status: 503 }, 503],
  ['429', { kind: 'status', status: 429, code: 'too_many_requests' }, 429],
  ['429 with seconds', { kind: 'status', status: 429, headers: { 'retry-after': '30' } }, 429],
  ['401', { kind: 'status', status: 401, code: 'invalid_token' }, 401],
  ['402', { kind: 'status', status: 402, body: '{"accepts":[]}' }, 402],
  ['403', { kind: 'status', status: 403, code: 'used_up' }, 403],
  ['a reset', { kind: 'reset' }, 502],
  ['a reset in the body', { kind: 'reset-mid-body' }, 502],
  ['a cut without a length', { kind: 'cut-without-length' }, 502],
  ['truncated JSON', { kind: 'truncated-json' }, 502],
  ['a string', { kind: 'body', body: '"hello"' }, 502],
  ['an array', { kind: 'body', body: '[]' }, 502],
  ['a number', { kind: 'body', body: '7' }, 502],
  ['items that are no array', { kind: 'body', body: '{"id":1,"items":{}}' }, 502],
  ['deeply nested JSON', { kind: 'body', body: '['.repeat(200_000) }, 502],
  ['a redirect', { kind: 'redirect', location: 'http://127.0.0.1:9/' }, 502],
  ['nothing at all', { kind: 'hang' }, 502],
  ['a slow drip', { kind: 'drip', everyMs: 20 }, 502],
  ['a gzip bomb', { kind: 'gzip-bomb', decodedBytes: 40 * 1024 * 1024 }, 502],
];

/** A mirror with a finished and a pending task stored, both served from the cache afterwards. */
async function withStored(): Promise<TestMirror & { pendingId: string; pendingText: string }> {
  const it = await startTestMirror({ upstreamTimeoutMs: `${TIMEOUT_MS}ms` });
  it.simulator.seed(VENDOR_DOCUMENTS);
  const pendingId = it.simulator.addTask({ prompt: 'a slow cat', durationMs: 60_000 });
  await it.post({ action: 'retrieve', id: FINISHED });
  const pendingText = await (await it.post({ action: 'retrieve', id: pendingId })).text();
  it.simulator.requests.length = 0;
  it.clock.advance(10_000);
  return Object.assign(it, { pendingId, pendingText });
}

describe.each(FAULTS)('the upstream answers with %s', (_name, fault, statusForUnknown) => {
  test('callers get what is stored, the server keeps running, and the sync recovers by itself', async (context) => {
    const { simulator, post, get, store, mirror, clock, pendingId, pendingText } = await withStored();
    const ids = [FINISHED, pendingId, UNKNOWN] as TaskId[];
    const rows = async () => [await store.getMany(ids), (await store.stats(0)).byState];
    const before = await rows();
    simulator.fault(fault);

    const finished = await post({ action: 'retrieve', id: FINISHED });
    expect(await finished.text()).toBe(FINISHED_TEXT);
    expect(simulator.requests).toHaveLength(0);

    const pending = await post({ action: 'retrieve', id: pendingId });
    expect([pending.status, await pending.text()]).toEqual([200, pendingText]);
    expect(pending.headers.get('cache-status')).toMatch(/hit; detail=/);
    expect(Number(pending.headers.get('age'))).toBeGreaterThanOrEqual(10);

    const started = performance.now();
    const unknown = await post({ action: 'retrieve', id: UNKNOWN });
    const ms = performance.now() - started;
    expect(unknown.status).toBe(statusForUnknown);
    expect(unknown.headers.get('content-type')).toBe('application/json');

    const batch = await post({ action: 'retrieve_batch', ids: [FINISHED, pendingId, UNKNOWN] });
    expect(await batch.text()).toBe(`{"items":[${FINISHED_TEXT},${pendingText}],"count":2}`);

    clock.advance(60_000);
    const run = await mirror.runner.run({ trigger: 'schedule' });
    expect(run.counts.finished).toBe(0);
    expect(await rows()).toEqual(before);
    expect((await store.get(FINISHED as never))?.text).toBe(FINISHED_TEXT);
    expect(await store.audit()).toEqual([]);
    expect((await get('/healthz')).status).toBe(200);

    simulator.clearFaults();
    // Nobody presses a button: only time passes, and the schedule runs.
    for (let runs = 0; runs < 40; runs += 1) {
      clock.advance(60_000);
      await mirror.runner.run({ trigger: 'schedule' });
    }
    expect((await store.get(pendingId as never))?.state).toBe('succeeded');
    expect((await store.tracked({ limit: 10, offset: 0 })).total).toBe(0);
    expect(await (await get('/readyz')).json()).toEqual({ status: 'ready', reasons: [] });
    const isSlow = fault.kind === 'hang' || fault.kind === 'drip';
    showFigure(
      context,
      isSlow ? `${(ms - TIMEOUT_MS).toFixed(0)} ms after the deadline` : '0 documents changed',
    );
  });
});

describe('an upstream error is forwarded', () => {
  test('with its status, body and Retry-After, byte for byte', async () => {
    const { simulator, post } = await startTestMirror();
    const body = '{"success":false, "error":{"code":"too_many_requests","message":"慢"},"trace_id":"t"}';
    simulator.fault({ kind: 'status', status: 429, body, headers: { 'retry-after': '17' } }, { times: 1 });
    const answer = await post({ action: 'retrieve', id: UNKNOWN });
    expect([answer.status, await answer.text(), answer.headers.get('retry-after')]).toEqual([
      429,
      body,
      '17',
    ]);
  });
});

describe('Retry-After', () => {
  test.for<[string, () => string]>([
    ['seconds', () => '20'],
    ['a date', () => new Date(Date.UTC(2026, 2, 14, 12, 0, 20)).toUTCString()],
    ['a fraction', () => '19.997'],
    ['a date of asctime', () => 'Sat Mar 14 12:00:20 2026'],
  ])(
    'as %s is respected by callers and the schedule alike, and across a restart',
    async ([, value], context) => {
      const it = await startTestMirror();
      const { simulator, clock, post } = it;
      const date = new Date(clock.now()).toUTCString();
      const id = simulator.addTask({ prompt: 'a cat', durationMs: 3_600_000 });
      await it.store.track([id as never], clock.now());
      simulator.fault(
        { kind: 'status', status: 429, headers: { 'retry-after': value(), date } },
        { times: 1 },
      );

      await post({ action: 'retrieve', id });
      expect(simulator.requests).toHaveLength(1);
      const refused = await post({ action: 'retrieve', id });
      expect(refused.status).toBe(429);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      await it.restart();
      clock.advance(19_000);
      await it.mirror.runner.run({ trigger: 'schedule' });
      const early = simulator.requests.length - 1;
      expect(early).toBe(0);
      clock.advance(1001);
      await it.mirror.runner.run({ trigger: 'schedule' });
      expect((await post({ action: 'retrieve', id })).status).toBe(200);
      showFigure(context, `${early} early requests in 20 s of cooldown`);
    },
  );
});

describe('wrong content', () => {
  const wrapped = (items: readonly string[]) => `{"items":[${items.join(',')}],"count":${items.length}}`;

  test('a batch with other ids, duplicates and malformed items stores only the requested tasks', async (context) => {
    const { simulator, post, store, get } = await startTestMirror();
    const [first = '', second = ''] = VENDOR_DOCUMENTS;
    const stranger = first.replaceAll(FINISHED ?? '', 'stranger');
    simulator.fault({ kind: 'body', body: wrapped([stranger, 'null', '7', '{}', '{"id":5}', first, first]) });
    const answer = await post({ action: 'retrieve_batch', ids: VENDOR_IDS });
    expect(await answer.text()).toBe(wrapped([first]));
    expect(await store.get('stranger' as never)).toBeUndefined();
    expect((await get('/api/tasks/stranger')).status).toBe(404);
    expect(await store.get(VENDOR_IDS[1] as never)).toBeUndefined();
    expect(second).not.toBe(first);
    const { total } = await store.stats(0);
    expect(total).toBe(1);
    showFigure(context, `${total} row for the id that came twice, 0 for unrequested ids`);
  });

  test('a finished task that the upstream sends as pending, or with another text, is not replaced', async (context) => {
    const { simulator, post, get, store, mirror, clock } = await startTestMirror();
    simulator.seed(VENDOR_DOCUMENTS);
    const [text = ''] = VENDOR_DOCUMENTS;
    await post({ action: 'retrieve', id: FINISHED });
    const { response: _, ...pending } = JSON.parse(text) as Record<string, unknown>;
    const changed = text.replace('a white siamese cat', 'a black dog');
    for (const body of [JSON.stringify(pending), changed]) {
      simulator.clearFaults();
      simulator.fault({ kind: 'rewrite', rewrite: () => wrapped([body]) });
      await post({ action: 'retrieve_batch', limit: 5 });
      expect(await (await get(`/api/tasks/${FINISHED}`)).text()).toBe(text);
      expect((await post({ action: 'retrieve', id: FINISHED })).headers.get('cache-status')).toBe(
        'flux-mirror; hit',
      );
    }
    clock.advance(60_000);
    await mirror.runner.run({ trigger: 'api' });
    expect(await store.audit()).toEqual([]);
    const metrics = await (await get('/metrics')).text();
    const [, counted] = /^flux_mirror_upstream_regressions_total(?:\{[^}]*\})? (\d+)$/m.exec(metrics) ?? [];
    expect(Number(counted)).toBe(2);
    showFigure(context, `0 of ${counted} taken over, all counted`);
  });

  test('an older response that arrives late does not replace a newer one', async (context) => {
    const { simulator, post, clock } = await startTestMirror();
    const id = simulator.addTask({ prompt: 'a cat', durationMs: 5000 });
    const pendingText = simulator.documentText(id) ?? '';
    const release = simulator.fault({ kind: 'hold' }, { times: 1 });
    // Two ways of asking that are not one request: the batch is the slow one, and carries the older state.
    const batch = post({ action: 'retrieve_batch', limit: 5 });
    await expect.poll(() => simulator.requests.length).toBe(1);
    clock.advance(5000);
    const finished = await (await post({ action: 'retrieve', id })).text();
    expect(finished).not.toBe(pendingText);
    release();
    await batch;
    expect(await (await post({ action: 'retrieve', id })).text()).toBe(finished);
    showFigure(context, '0 overwrites out of order');
  });
});

test('no token appears in a log line, a body or the database', async (context) => {
  const secrets = { upstreamToken: 'sk-upstream-0123456789', tokens: 'sk-mirror-0123456789' };
  const callbackUrl = 'http://localhost:9';
  const it = await startTestMirror({ ...secrets, callbackUrl }, { token: secrets.upstreamToken });
  const headers = { authorization: `Bearer ${secrets.tokens}`, 'x-odd': secrets.upstreamToken };
  const bodies: string[] = [];
  const seen = async (answer: Response) =>
    bodies.push(JSON.stringify([...answer.headers]), await answer.text());
  it.simulator.seed(VENDOR_DOCUMENTS);
  const pendingId = it.simulator.addTask({ prompt: 'a cat', durationMs: 3_600_000 });

  for (const [, fault] of [['none', undefined] as const, ...FAULTS]) {
    it.simulator.clearFaults();
    if (fault?.kind === 'hang' || fault?.kind === 'drip') continue;
    if (fault) it.simulator.fault(fault);
    await seen(await it.post({ action: 'retrieve', id: pendingId }, headers));
    await seen(await it.post({ action: 'retrieve', id: UNKNOWN }, headers));
    const generation = JSON.stringify({ prompt: 'a cat', async: true });
    const generated = await it
      .request('/flux/images', { method: 'POST', headers, body: generation })
      .catch(() => undefined); // cut off in the middle, as the upstream was
    if (generated) await seen(generated);
    it.clock.advance(86_400_000);
    await it.mirror.runner.run({ trigger: 'api' });
  }
  // An upstream that repeats the token in its own words.
  it.simulator.clearFaults();
  await it.simulator.stop();
  it.clock.advance(86_400_000);
  await seen(await it.post({ action: 'retrieve', id: UNKNOWN }, headers));
  await seen(
    await it.post({ action: 'retrieve', id: UNKNOWN }, { authorization: 'Bearer wrong-0123456789' }),
  );
  await seen(await it.get('/api/stats', headers));
  await seen(await it.get('/api/sync/runs', headers));
  await seen(await it.get('/readyz'));
  const { dataDir } = it.config;
  await it.mirror.stop();

  const { readdirSync, readFileSync } = await import('node:fs');
  const files = readdirSync(dataDir, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => readFileSync(`${dataDir}/${name}`, 'latin1'));
  for (const secret of [secrets.upstreamToken, secrets.tokens, 'wrong-0123456789']) {
    expect(it.log()).not.toContain(secret);
    expect(bodies.join('\n')).not.toContain(secret);
    expect(files.join('\n')).not.toContain(secret);
  }
  expect(it.log().length).toBeGreaterThan(100);
  showFigure(context, `0 tokens in ${bodies.length} answers, ${files.length} files and the log`);
});
