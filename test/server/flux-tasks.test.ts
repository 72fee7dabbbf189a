import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text as readAll } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { VENDOR_DOCUMENTS, VENDOR_IDS } from '../../src/simulator/samples.ts';
import { documentText, numberedIds } from '../helpers/documents.ts';
import { showFigure } from '../helpers/figure.ts';
import { startTestMirror, UPSTREAM_TOKEN } from '../helpers/test-mirror.ts';

const [FIRST_ID, SECOND_ID] = VENDOR_IDS;
const [FIRST, SECOND] = VENDOR_DOCUMENTS;
const BOTH = { action: 'retrieve_batch', ids: [FIRST_ID, SECOND_ID] };

describe('the documents of the vendor’s documentation', () => {
  test('are served byte for byte, singly and as a batch, with and without the upstream', async () => {
    const { simulator, post } = await startTestMirror();
    simulator.seed(VENDOR_DOCUMENTS);

    expect(await (await post({ action: 'retrieve', id: FIRST_ID })).text()).toBe(FIRST);
    expect(await (await post(BOTH)).text()).toBe(`{"items":[${FIRST},${SECOND}],"count":2}`);

    await simulator.stop();
    expect(await (await post({ action: 'retrieve', id: FIRST_ID })).text()).toBe(FIRST);
    expect(await (await post({ action: 'retrieve', id: SECOND_ID })).text()).toBe(SECOND);
    expect(await (await post(BOTH)).text()).toBe(`{"items":[${FIRST},${SECOND}],"count":2}`);
  });
});

describe('a batch', () => {
  test('of no ids is empty, without Age', async () => {
    const { post } = await startTestMirror();
    const answer = await post({ action: 'retrieve_batch', ids: [] });
    expect([await answer.text(), answer.headers.get('age')]).toEqual(['{"items":[],"count":0}', '0']);
  });

  test('of stored and missing tasks is a miss, and nothing is stale', async () => {
    const { simulator, post } = await startTestMirror();
    simulator.seed(VENDOR_DOCUMENTS);
    await post({ action: 'retrieve', id: FIRST_ID });
    const answer = await post(BOTH);
    expect(answer.headers.get('cache-status')).toBe('flux-mirror; fwd=miss; stored');
  });
});

describe('retrieve', () => {
  test('requests a finished task once, then never again', async () => {
    const { simulator, post } = await startTestMirror();
    simulator.seed(VENDOR_DOCUMENTS);

    const miss = await post({ action: 'retrieve', id: FIRST_ID });
    const hit = await post({ action: 'retrieve', id: FIRST_ID });

    expect(miss.headers.get('cache-status')).toBe('flux-mirror; fwd=miss; stored');
    expect(miss.headers.get('age')).toBeNull();
    expect(hit.headers.get('cache-status')).toBe('flux-mirror; hit');
    expect(hit.headers.get('age')).toBe('0');
    expect(simulator.requests).toHaveLength(1);
    expect(simulator.requests[0]?.authorization).toBe(`Bearer ${UPSTREAM_TOKEN}`);
  });

  test('keeps unknown members and every spelling of numbers and escapes', async () => {
    const { simulator, post } = await startTestMirror();
    const odd =
      '{"id":"odd","created_at":1736304669.000,"big":12345678901234567890,"e":1e3,"s":"\\/\\u00e9\\ud800","10":1,"9":{"a":1,"a":2},' +
      '"request":{"prompt":"odd"},"response":{"success":true,"data":[{"image_url":"https://x.example/1.png"}]}}';
    simulator.seed([odd]);
    const single = await post({ action: 'retrieve', id: 'odd' });
    expect(await single.text()).toBe(odd);
    expect(await (await post({ action: 'retrieve_batch', ids: ['odd'] })).text()).toBe(
      `{"items":[${odd}],"count":1}`,
    );
  });

  test('shares one upstream request among 1,000 concurrent identical misses', async (context) => {
    const CALLERS = 1000;
    const { simulator, mirror } = await startTestMirror();
    simulator.seed(VENDOR_DOCUMENTS);
    simulator.fault({ kind: 'delay', ms: 1000 });
    const { hostname, port } = new URL(mirror.url);
    const sockets: Socket[] = [];
    while (sockets.length < CALLERS) {
      // A few at a time: the system queues no thousand that knock at once.
      const some = Array.from({ length: 200 }, () => connect(Number(port), hostname));
      await Promise.all(some.map((socket) => once(socket, 'connect')));
      sockets.push(...some);
    }
    const body = JSON.stringify({ action: 'retrieve', id: FIRST_ID });
    const head = `POST /flux/tasks HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: ${body.length}`;
    const answers = await Promise.all(
      sockets.map((socket) => {
        socket.write(`${head}\r\n\r\n${body}`);
        return readAll(socket);
      }),
    );

    expect(new Set(answers.map((answer) => answer.split('\r\n\r\n')[1]))).toEqual(new Set([FIRST]));
    expect(simulator.requests).toHaveLength(1);
    // Where the machine is busy, the last to come find it stored.
    const collapsed = answers.filter((answer) => answer.includes('collapsed')).length;
    expect(collapsed).toBeGreaterThan(CALLERS / 2);
    expect(collapsed).toBeLessThan(CALLERS);
    showFigure(
      context,
      `${CALLERS.toLocaleString('en')} callers, ${simulator.requests.length} upstream request`,
    );
  });

  test('returns an error to all callers of a collapsed request, and does not cache it', async () => {
    const { simulator, post } = await startTestMirror();
    simulator.seed(VENDOR_DOCUMENTS);
    simulator.fault({ kind: 'status', status: 500 }, { times: 1 });
    simulator.fault({ kind: 'delay', ms: 50 });
    const first = await Promise.all([1, 2, 3].map(() => post({ action: 'retrieve', id: FIRST_ID })));
    expect(first.map(({ status }) => status)).toContain(500);
    expect((await post({ action: 'retrieve', id: FIRST_ID })).status).toBe(200);
  });

  test('refreshes an unfinished task only when it is older than the pending TTL', async () => {
    const { simulator, clock, post } = await startTestMirror({ pendingTtlMs: '3s' });
    const id = simulator.addTask({ prompt: 'a cat', durationMs: 10_000 });

    await post({ action: 'retrieve', id });
    clock.advance(2999);
    expect((await post({ action: 'retrieve', id })).headers.get('cache-status')).toBe('flux-mirror; hit');
    clock.advance(1);
    expect((await post({ action: 'retrieve', id })).headers.get('cache-status')).toBe(
      'flux-mirror; fwd=stale; stored',
    );
    expect(simulator.requests).toHaveLength(2);

    clock.advance(10_000);
    const finished = await post({ action: 'retrieve', id });
    expect(await finished.json()).toHaveProperty('response.success', true);
    clock.advance(86_400_000);
    expect((await post({ action: 'retrieve', id })).headers.get('age')).toBe('86400');
    expect(simulator.requests).toHaveLength(3);
  });

  test('respects Cache-Control: no-cache, max-age and only-if-cached', async () => {
    const { simulator, clock, post } = await startTestMirror();
    const id = simulator.addTask({ prompt: 'a cat', durationMs: 3_600_000 });
    const retrieve = (control: string) => post({ action: 'retrieve', id }, { 'cache-control': control });

    expect((await retrieve('only-if-cached')).status).toBe(504);
    expect(simulator.requests).toHaveLength(0);
    await retrieve('');
    expect((await retrieve('no-cache')).headers.get('cache-status')).toBe('flux-mirror; fwd=request; stored');
    clock.advance(50_000);
    expect((await retrieve('max-age=60')).headers.get('cache-status')).toBe('flux-mirror; hit');
    expect((await retrieve('only-if-cached')).headers.get('cache-status')).toBe(
      'flux-mirror; hit; detail=only-if-cached',
    );
    expect((await retrieve('max-age=50')).headers.get('cache-status')).toBe('flux-mirror; fwd=stale; stored');
  });

  test('forwards the upstream’s own error about an unknown id', async () => {
    const { simulator, clock, post, store } = await startTestMirror();
    for (const [fault, status, body] of [
      [undefined, 404, undefined],
      [{ kind: 'body', body: '{}' }, 200, '{}'],
      [{ kind: 'body', body: 'null' }, 200, 'null'],
      [{ kind: 'body', body: '' }, 200, ''],
      [
        { kind: 'status', status: 400, body: '{"error":"task not found"}' },
        400,
        '{"error":"task not found"}',
      ],
    ] as const) {
      simulator.clearFaults();
      clock.advance(10_000); // for a short while it is remembered as unknown
      if (fault) simulator.fault(fault);
      const answer = await post({ action: 'retrieve', id: 'nobody' });
      expect(answer.status).toBe(status);
      if (body !== undefined) expect(await answer.text()).toBe(body);
    }
    expect((await store.tracked({ limit: 10, offset: 0 })).total).toBe(0);
  });

  test('serves a stored task that the upstream no longer knows', async () => {
    const { simulator, clock, post } = await startTestMirror();
    const id = simulator.addTask({ prompt: 'a cat', durationMs: 3_600_000 });
    const text = await (await post({ action: 'retrieve', id })).text();
    simulator.fault({ kind: 'status', status: 404, code: 'not_found' });
    clock.advance(10_000);
    const answer = await post({ action: 'retrieve', id });
    expect([answer.status, await answer.text()]).toEqual([200, text]);
  });

  test('tracks an unfinished task that it read through, but not a finished one', async () => {
    const { simulator, post, store } = await startTestMirror();
    simulator.seed(VENDOR_DOCUMENTS);
    const id = simulator.addTask({ prompt: 'a cat', durationMs: 3_600_000 });
    await post({ action: 'retrieve', id });
    await post({ action: 'retrieve', id: FIRST_ID });
    expect((await store.tracked({ limit: 10, offset: 0 })).items.map((item) => item.id)).toEqual([id]);
  });
});

describe('retrieve_batch', () => {
  test('returns items in the requested order, each once, unknown ids left out, and fetches only missing ones', async () => {
    const { simulator, post } = await startTestMirror();
    const ids = numberedIds(120);
    simulator.seed(ids.map((id) => documentText({ id })));
    await post({ action: 'retrieve_batch', ids: ids.slice(0, 60) });
    simulator.requests.length = 0;

    const asked = [...ids].reverse();
    const answer = await post({ action: 'retrieve_batch', ids: ['unknown', ...asked, ids[5]] });
    const { items, count } = (await answer.json()) as { items: { id: string }[]; count: number };

    expect(items.map(({ id }) => id)).toEqual(asked);
    expect(count).toBe(120);
    // Both are on their way at the same time.
    expect(simulator.requests.map((request) => request.ids?.length).sort()).toEqual([11, 50]);
  });

  test('accepts 1,000 ids and no more', async () => {
    const { simulator, post } = await startTestMirror();
    const ids = numberedIds(1001);
    simulator.seed(ids.map((id) => documentText({ id })));
    expect((await post({ action: 'retrieve_batch', ids })).status).toBe(400);
    const answer = await post({ action: 'retrieve_batch', ids: ids.slice(1) });
    expect(((await answer.json()) as { count: number }).count).toBe(1000);
    expect(simulator.requests).toHaveLength(20);
    // From the cache it is joined in parts.
    const cached = await post({ action: 'retrieve_batch', ids: ids.slice(1).reverse() });
    const { items } = (await cached.json()) as { items: { id: string }[] };
    expect(items.map(({ id }) => id)).toEqual(ids.slice(1).reverse());
    expect(cached.headers.get('cache-status')).toBe('flux-mirror; hit');
    expect(simulator.requests).toHaveLength(20);
  });

  test('serves stored tasks when the upstream fails, and forwards the error if none is stored', async () => {
    const { simulator, post } = await startTestMirror();
    simulator.seed(VENDOR_DOCUMENTS);
    await post({ action: 'retrieve', id: FIRST_ID });
    simulator.fault({ kind: 'status', status: 500, code: 'api_error' });

    const some = await post(BOTH);
    expect(await some.text()).toBe(`{"items":[${FIRST}],"count":1}`);
    expect(some.headers.get('cache-status')).toBe('flux-mirror; hit; detail=stale-if-error');
    expect((await post({ action: 'retrieve_batch', ids: [SECOND_ID] })).status).toBe(500);
  });

  test('joins a single request in flight', async () => {
    const { simulator, post } = await startTestMirror();
    simulator.seed(VENDOR_DOCUMENTS);
    simulator.fault({ kind: 'delay', ms: 60 });
    const [, batch] = await Promise.all([post({ action: 'retrieve', id: FIRST_ID }), post(BOTH)]);
    expect(await batch.text()).toBe(`{"items":[${FIRST},${SECOND}],"count":2}`);
    expect(simulator.requests.flatMap(({ id, ids }) => id ?? ids ?? []).sort()).toEqual(
      [FIRST_ID, SECOND_ID].sort(),
    );
  });

  test('returns no items for an empty list of ids', async () => {
    const { post } = await startTestMirror();
    expect(await (await post({ action: 'retrieve_batch', ids: [] })).text()).toBe('{"items":[],"count":0}');
  });
});

describe('the history list', () => {
  test('comes from the upstream and is stored, and comes from the cache when the upstream fails', async () => {
    const { simulator, post } = await startTestMirror();
    simulator.seed(VENDOR_DOCUMENTS);
    simulator.addTask({ prompt: 'a dog', durationMs: 0, userId: 'somebody-else' });
    const list = { action: 'retrieve_batch', user_id: 'ad7afe47-cea9-4cda-980f-2ad8810e51cf', limit: 5 };

    const online = await post(list);
    expect(online.headers.get('cache-status')).toBe('flux-mirror; fwd=bypass; stored');
    const text = await online.text();
    expect(text).toBe(`{"items":[${SECOND},${FIRST}],"count":2}`);
    expect(simulator.requests[0]?.body).toBe(JSON.stringify(list));

    await simulator.stop();
    const cached = await post(list);
    expect(await cached.text()).toBe(text);
    expect(cached.headers.get('cache-status')).toContain('stale-if-error');
  });

  test('is filtered and paged from the cache like by the upstream', async () => {
    const { simulator, post, restart } = await startTestMirror();
    simulator.seed(
      numberedIds(30).map((id, at) => documentText({ id, createdAt: 1_770_000_000 + at + 0.25 })),
    );
    await post({ action: 'retrieve_batch', limit: 100 });
    const requests = [
      {},
      { limit: 3, offset: 2 },
      { created_at_min: 1_770_000_003.25, created_at_max: 1_770_000_006.25 },
      { created_at_min: 1_770_000_003.26, user_id: 'user-1', type: '' },
      { user_id: 'nobody' },
    ];
    const online = [];
    for (const request of requests)
      online.push(await (await post({ action: 'retrieve_batch', ...request })).text());
    await restart({ offline: 'true' });
    for (const [at, request] of requests.entries()) {
      const answer = await post({ action: 'retrieve_batch', ...request });
      expect(await answer.text()).toBe(online[at]);
      expect(answer.headers.get('cache-status')).toBe('flux-mirror; hit; detail=offline');
    }
  });
});

describe('delete', () => {
  test('deletes locally what the upstream confirms, and nothing else', async () => {
    const { simulator, post, get } = await startTestMirror();
    simulator.seed(VENDOR_DOCUMENTS);
    await post(BOTH);
    const deleted = await post({ action: 'delete', id: FIRST_ID, user_id: 'u' });
    expect(await deleted.json()).toEqual({ id: FIRST_ID, deleted: true });
    expect((await get(`/api/tasks/${FIRST_ID}`)).status).toBe(404);

    // Gone at the upstream, kept here: `deleted:false` removes nothing.
    simulator.fault({ kind: 'body', body: `{"id":"${SECOND_ID}","deleted":false}` });
    await post({ action: 'delete', id: SECOND_ID });
    expect((await get(`/api/tasks/${SECOND_ID}`)).status).toBe(200);
  });

  test('deletes nothing offline, or when the upstream can’t be reached', async () => {
    const { simulator, post, get, restart } = await startTestMirror();
    simulator.seed(VENDOR_DOCUMENTS);
    await post(BOTH);
    await simulator.stop();
    expect((await post({ action: 'delete', id: FIRST_ID })).status).toBe(502);
    await restart({ offline: 'true' });
    expect((await post({ action: 'delete', id: FIRST_ID })).status).toBe(503);
    expect((await get(`/api/tasks/${FIRST_ID}`)).status).toBe(200);
  });

  test('is not undone by a response in flight', async () => {
    const { simulator, post, get } = await startTestMirror();
    const id = simulator.addTask({ prompt: 'a cat', durationMs: 3_600_000 });
    const release = simulator.fault({ kind: 'hold' }, { when: ({ action }) => action === 'retrieve' });
    const slow = post({ action: 'retrieve', id });
    await expect.poll(() => simulator.requests.length).toBe(1);
    await post({ action: 'delete', id });
    release();
    expect((await slow).status).toBe(404);
    expect((await get(`/api/tasks/${id}`)).status).toBe(404);
  });
});

describe('tokens for the upstream', () => {
  test('the caller’s token is used when the mirror has none, and is never stored', async () => {
    const { simulator, post } = await startTestMirror({ upstreamToken: '' });
    simulator.seed(VENDOR_DOCUMENTS);
    expect((await post({ action: 'retrieve', id: FIRST_ID })).status).toBe(401);
    expect(simulator.requests.map(({ authorization }) => authorization)).toEqual([undefined]);
    const answer = await post(
      { action: 'retrieve', id: FIRST_ID },
      { authorization: `Bearer ${UPSTREAM_TOKEN}` },
    );
    expect(await answer.text()).toBe(FIRST);
  });

  test('misses of callers with different tokens are not shared', async () => {
    const { simulator, post } = await startTestMirror({ upstreamToken: '' });
    simulator.seed(VENDOR_DOCUMENTS);
    simulator.fault({ kind: 'delay', ms: 50 });
    const ask = (token: string) =>
      post({ action: 'retrieve', id: FIRST_ID }, { authorization: `Bearer ${token}` });
    const answers = await Promise.all([ask(UPSTREAM_TOKEN), ask('wrong')]);
    expect(answers.map(({ status }) => status)).toEqual([200, 401]);
  });
});
