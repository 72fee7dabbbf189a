/** What a client that joins URLs by hand, compresses, or waits may expect of the vendor's routes. */
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { computeDigest } from '../../src/lib/access-token.ts';
import { VENDOR_DOCUMENTS, VENDOR_IDS } from '../../src/simulator/samples.ts';
import { documentText, numberedIds } from '../helpers/documents.ts';
import { startTestMirror, type TestMirror, UPSTREAM_TOKEN } from '../helpers/test-mirror.ts';

const [FIRST_ID] = VENDOR_IDS;
const RETRIEVE = JSON.stringify({ action: 'retrieve', id: FIRST_ID });
const HOUR = 3_600_000;
const TOKEN = { authorization: `Bearer ${UPSTREAM_TOKEN}` };

const send = (
  here: TestMirror,
  body: Uint8Array | string,
  headers: Record<string, string> = {},
  path = '/flux/tasks',
) => here.request(path, { method: 'POST', headers, body: body as Uint8Array<ArrayBuffer> });
const cacheStatus = (answer: Response) => answer.headers.get('cache-status');

async function filled(
  settings: Parameters<typeof startTestMirror>[0] = {},
  ...more: [Parameters<typeof startTestMirror>[1]?, Parameters<typeof startTestMirror>[2]?]
) {
  const here = await startTestMirror(settings, ...more);
  here.simulator.seed(VENDOR_DOCUMENTS);
  return here;
}

describe('paths', () => {
  test.each([
    ['/flux/tasks/', ''],
    ['//flux/tasks', ''],
    ['/flux//tasks//', ''],
    ['///flux/tasks?trace=1', ''],
    ['/base//flux/tasks', '/base'],
    ['//base/flux/tasks/', '/base'],
  ])('%s reaches the route', async (path, basePath) => {
    const here = await filled(basePath === '' ? {} : { basePath });
    const { origin } = new URL(here.mirror.url);
    const answer = await fetch(`${origin}${path}`, { method: 'POST', body: RETRIEVE });
    expect([answer.status, await answer.text()]).toEqual([200, VENDOR_DOCUMENTS[0]]);
  });

  test('a generation as well, and nothing else than these routes', async () => {
    const here = await filled();
    const body = JSON.stringify({ prompt: 'a cat', async: true });
    expect((await send(here, body, {}, '//flux/images/')).status).toBe(200);
    expect((await send(here, body, {}, '/flux/videos/')).status).toBe(200);
    expect((await here.get('//api/stats')).status).toBe(404);
  });
});

describe('other methods', () => {
  test.each([
    ['GET', '/flux/tasks', 'POST'],
    ['PUT', '/flux/tasks', 'POST'],
    ['OPTIONS', '/flux/tasks', 'POST'],
    ['DELETE', '/flux/images', 'POST'],
    ['GET', '/flux/videos/', 'POST'],
    ['POST', '/api/search', 'GET, HEAD'],
    ['PUT', '/api/tracked', 'POST, GET, HEAD'],
    ['GET', '/api/tracked/x', 'DELETE'],
    ['PATCH', '/healthz', 'GET, HEAD'],
  ])('%s %s is 405 with Allow: %s', async (method, path, allow) => {
    const here = await filled();
    const answer = await here.request(path, { method });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, allow]);
    expect(await answer.json()).toMatchObject({ success: false, error: { code: 'method_not_allowed' } });
  });

  test('HEAD is 405 without a body; a preflight of an allowed origin passes', async () => {
    const here = await filled({ allowedOrigins: 'https://app.example' });
    const head = await here.request('/flux/tasks', { method: 'HEAD' });
    expect([head.status, head.headers.get('allow'), await head.text()]).toEqual([405, 'POST', '']);
    const preflight = await here.request('/flux/tasks', {
      method: 'OPTIONS',
      headers: {
        origin: 'https://app.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,payment-signature,x-payment',
      },
    });
    expect(preflight.status).toBe(204);
    const plain = await here.request('/flux/tasks', { method: 'OPTIONS' });
    expect([plain.status, plain.headers.get('allow')]).toEqual([405, 'POST']);
    expect(preflight.headers.get('access-control-allow-headers')).toContain('payment-signature');
    expect(preflight.headers.get('access-control-allow-headers')).toContain('x-payment');
    const answer = await send(here, RETRIEVE, { origin: 'https://app.example' });
    expect(answer.headers.get('access-control-expose-headers')).toMatch(
      /payment-required.*x-payment-response/i,
    );
  });
});

describe('bodies', () => {
  test('with a byte order mark are read', async () => {
    const here = await filled();
    expect(await (await send(here, `\uFEFF${RETRIEVE}`)).text()).toBe(VENDOR_DOCUMENTS[0]);
    const list = `\uFEFF${JSON.stringify({ action: 'retrieve_batch', limit: 1 })}`;
    expect((await send(here, list)).status).toBe(200);
    expect(
      (
        await send(
          here,
          `\uFEFF${JSON.stringify({ prompt: 'a marked cat', async: true })}`,
          {},
          '/flux/images',
        )
      ).status,
    ).toBe(200);
    expect(await (await here.get('/api/search?q=marked')).json()).toMatchObject({ total: 1 });
    expect(here.simulator.requests.at(-1)?.body).toMatch(/^\{/);
  });

  test.each(['gzip', 'x-gzip', 'GZIP'])('encoded as %s are decoded, and forwarded so', async (encoding) => {
    const here = await filled();
    const headers = { 'content-encoding': encoding };
    expect(await (await send(here, gzipSync(RETRIEVE), headers)).text()).toBe(VENDOR_DOCUMENTS[0]);
    const generation = JSON.stringify({ prompt: 'a cat', async: true });
    expect((await send(here, gzipSync(generation), headers, '/flux/images')).status).toBe(200);
    const sent = here.simulator.requests.at(-1);
    expect(sent?.body).toBe(generation);
    expect(sent?.headers).not.toHaveProperty('content-encoding');
    expect((await send(here, RETRIEVE, { 'content-encoding': 'identity' })).status).toBe(200);
    expect(
      (await send(here, gzipSync(JSON.stringify({ ids: [FIRST_ID] })), headers, '/api/tracked')).status,
    ).toBe(200);
  });

  test.each(['br', 'deflate', 'zstd', 'gzip, gzip', 'compress'])(
    'encoded as %s are 415',
    async (encoding) => {
      const here = await filled();
      for (const path of ['/flux/tasks', '/flux/images', '/flux/videos', '/api/tracked']) {
        const answer = await send(here, RETRIEVE, { 'content-encoding': encoding }, path);
        expect([path, answer.status, answer.headers.get('accept-encoding')]).toEqual([path, 415, 'gzip']);
        expect(await answer.json()).toMatchObject({ error: { code: 'bad_request' } });
      }
      expect(here.simulator.requests).toEqual([]);
    },
  );

  test('whose gzip turns out to be damaged behind the limit end nothing but their request', async () => {
    const here = await filled();
    for (const more of [1, 16_384, 20_000, 100_000]) {
      const body = gzipSync(Buffer.alloc(32 * 1024 * 1024 + more));
      body[body.length - 6] = (body[body.length - 6] ?? 0) ^ 0xff;
      const answer = await send(here, body, { 'content-encoding': 'gzip' }, '/flux/videos');
      expect([400, 413]).toContain(answer.status);
    }
    expect((await here.get('/healthz')).status).toBe(200);
  });

  test('that are no gzip, or one cut off, are 400', async () => {
    const here = await filled();
    const headers = { 'content-encoding': 'gzip' };
    for (const body of [Buffer.from(RETRIEVE), gzipSync(RETRIEVE).subarray(0, 30)])
      for (const path of ['/flux/tasks', '/flux/videos'])
        expect((await send(here, body, headers, path)).status).toBe(400);
  });

  test('are limited after decoding: 1 MiB, and 32 MiB for a generation', async () => {
    const here = await filled();
    const headers = { 'content-encoding': 'gzip' };
    const body = (bytes: number) =>
      gzipSync(JSON.stringify({ prompt: 'a cat', async: true, x: 'x'.repeat(bytes) }));
    const MIB = 1024 * 1024;
    expect((await send(here, body(MIB), headers)).status).toBe(413);
    expect((await send(here, body(MIB), headers, '/flux/images')).status).toBe(200);
    expect((await send(here, body(33 * MIB), headers, '/flux/images')).status).toBe(413);
    expect((await send(here, Buffer.alloc(33 * MIB), {}, '/flux/videos')).status).toBe(413);
  });
});

describe('a batch of which some ids could not be fetched', () => {
  const [here1, gone] = numberedIds(2);
  const batch = (...ids: string[]) => ({ action: 'retrieve_batch', ids });

  test('serves what is here and counts the others; with none here the failure is relayed', async () => {
    const here = await filled();
    here.simulator.seed([documentText({ id: here1 })]);
    await here.post({ id: here1 });
    here.simulator.fault({ kind: 'status', status: 500, code: 'api_error' });
    const some = await here.post(batch(here1, FIRST_ID, gone));
    expect([some.status, some.headers.get('x-flux-mirror-unfetched')]).toEqual([200, '2']);
    expect(cacheStatus(some)).toContain('detail=stale-if-error');
    expect(await some.json()).toMatchObject({ count: 1, items: [{ id: here1 }] });
    const none = await here.post(batch(FIRST_ID, gone));
    expect([none.status, none.headers.get('x-flux-mirror-unfetched')]).toEqual([500, null]);
    here.simulator.clearFaults();
    const all = await here.post(batch(here1, FIRST_ID, gone));
    expect([all.status, all.headers.get('x-flux-mirror-unfetched')]).toEqual([200, null]);
    await here.restart({ offline: 'true' });
    const offline = await here.post(batch(here1, gone));
    expect([cacheStatus(offline), offline.headers.get('x-flux-mirror-unfetched')]).toEqual([
      'flux-mirror; hit; detail=offline',
      '1',
    ]);
  });

  test('tells a limited token no more about hidden ids than about unknown ones', async () => {
    const [mine, hidden, unknown] = numberedIds(3);
    const here = await filled();
    here.simulator.seed([documentText({ id: mine, userId: 'me' }), documentText({ id: hidden })]);
    await here.post(batch(mine, hidden));
    const token = 'fluxm_limited';
    await here.store.addAccessToken({
      name: 'limited',
      hash: computeDigest(token).toString('hex'),
      limits: { userIds: ['me'], applicationIds: [] },
      isReadOnly: false,
      createdAtMs: 1,
      revokedAtMs: undefined,
    });
    here.clock.advance(2000);
    here.simulator.fault({ kind: 'status', status: 500 });
    const ask = async (...ids: string[]) => {
      const answer = await here.post(batch(...ids), { authorization: `Bearer ${token}` });
      return [answer.status, answer.headers.get('x-flux-mirror-unfetched')];
    };
    expect(await ask(mine, hidden, unknown)).toEqual([200, '2']);
    expect(await ask(mine, FIRST_ID, unknown)).toEqual([200, '2']);
  });

  test('some batches of one request fail: the others are served', async () => {
    const here = await filled({ batchSize: '1' });
    here.simulator.fault({ kind: 'refuse-ids', ids: [gone], status: 503 });
    const answer = await here.post(batch(FIRST_ID, gone));
    expect([answer.status, answer.headers.get('x-flux-mirror-unfetched')]).toEqual([200, '1']);
    expect(cacheStatus(answer)).toContain('detail=partial');
  });
});

describe('a check of a token by an empty batch', () => {
  const check = { action: 'retrieve_batch', ids: [] };

  test('is the upstream’s to answer where the token is the caller’s', async () => {
    const here = await filled({ upstreamToken: '' });
    expect((await here.post(check, { authorization: 'Bearer wrong' })).status).toBe(401);
    expect((await here.post(check)).status).toBe(401);
    const right = await here.post(check, TOKEN);
    expect([right.status, await right.json()]).toEqual([200, { items: [], count: 0 }]);
    here.simulator.fault({ kind: 'status', status: 429, code: 'too_many_requests' });
    expect((await here.post(check, TOKEN)).status).toBe(429);
    await here.simulator.stop();
    const unplugged = await here.post(check, TOKEN);
    expect([unplugged.status, cacheStatus(unplugged)]).toEqual([200, 'flux-mirror; hit; detail=offline']);
    await here.restart({ offline: 'true' });
    expect(cacheStatus(await here.post(check))).toBe('flux-mirror; hit; detail=offline');
  });

  test('asks nobody where the token is the mirror’s', async () => {
    const here = await filled();
    expect((await here.post(check, { authorization: 'Bearer any' })).status).toBe(200);
    await here.restart({ upstreamToken: '', tokens: 'ours' });
    expect((await here.post(check, { authorization: 'Bearer ours' })).status).toBe(200);
    expect((await here.post(check, { authorization: 'Bearer other' })).status).toBe(401);
    expect(here.simulator.requests).toEqual([]);
  });
});

describe('headers', () => {
  test('a caller’s user agent goes up, the mirror’s own where there is no caller', async () => {
    const here = await filled();
    const headers = { 'user-agent': 'my-app/2.0' };
    await here.post({ id: FIRST_ID }, headers);
    await here.post({ action: 'retrieve_batch', ids: [VENDOR_IDS[1]] }, headers);
    await here.post({ action: 'retrieve_batch' }, headers);
    await here.post({ action: 'delete', id: FIRST_ID }, headers);
    await send(here, JSON.stringify({ prompt: 'a cat', async: true }), headers, '/flux/images');
    await send(here, JSON.stringify({ prompt: 'a cat', async: true }), headers, '/flux/videos');
    expect(here.simulator.requests.map((request) => request.headers['user-agent'])).toEqual(
      Array(6).fill('my-app/2.0'),
    );
    here.clock.advance(60_000);
    await here.mirror.runner.run({ trigger: 'command' });
    expect(here.simulator.requests.at(-1)?.headers['user-agent']).toMatch(/^flux-mirror\//);
  });

  test('the charset of the upstream stays', async () => {
    const here = await filled();
    const type = 'application/json; charset=utf-8';
    const answers = [
      await here.post({ id: FIRST_ID }),
      await here.post({ action: 'retrieve_batch', ids: VENDOR_IDS }),
      await here.post({ action: 'retrieve_batch' }),
      await here.post({ id: numberedIds(1)[0] }),
      await send(here, JSON.stringify({ prompt: 'a cat', async: true }), {}, '/flux/videos'),
    ];
    expect(answers.map(({ headers }) => headers.get('content-type'))).toEqual(Array(5).fill(type));
  });
});

describe('an upstream that hangs', () => {
  const WAIT_MS = 150;
  const [id, other] = numberedIds(2);
  const seconds = async (work: () => Promise<Response>) => {
    const started = performance.now();
    const answer = await work();
    return { answer, ms: performance.now() - started };
  };

  async function hanging() {
    const here = await filled({ upstreamTimeoutMs: '1s' }, {}, { staleWaitMs: WAIT_MS });
    here.simulator.seed([id, other].map((each) => documentText({ id: each, state: 'pending' })));
    await here.post({ action: 'retrieve_batch', ids: [id, other] });
    here.clock.advance(HOUR);
    here.simulator.fault({ kind: 'hang' });
    return here;
  }

  test('costs a poll of what is cached little, and nothing after it hung repeatedly; the refresh goes on', async () => {
    const here = await hanging();
    const first = await seconds(() => here.post({ id }));
    expect(cacheStatus(first.answer)).toBe('flux-mirror; hit; detail=stale-while-revalidate');
    expect(first.ms).toBeGreaterThanOrEqual(WAIT_MS - 5);
    const batch = await here.post({ action: 'retrieve_batch', ids: [id, other] });
    expect(cacheStatus(batch)).toBe('flux-mirror; hit; detail=stale-while-revalidate');
    expect(await batch.json()).toMatchObject({ count: 2 });
    const third = await seconds(() => here.post({ id: other }));
    expect(cacheStatus(third.answer)).toContain('stale-while-revalidate');
    expect(third.ms).toBeLessThan(WAIT_MS);

    // It responds again: what was asked for in the background arrives.
    here.simulator.clearFaults();
    here.simulator.seed([documentText({ id })]);
    await expect
      .poll(async () => (await (await here.post({ id })).json()) as object)
      .toHaveProperty('response');
  });

  test('polls of one list share the request that hangs', async () => {
    const here = await hanging();
    const before = here.simulator.requests.length;
    const poll = () => here.post({ action: 'retrieve_batch', limit: 5 });
    for (let at = 0; at < 8; at += 1) expect((await poll()).status).toBe(200);
    expect(here.simulator.requests.length - before).toBe(1);
  });

  test('a list comes from the cache; with nothing cached it waits, and the failure is relayed', async () => {
    const here = await hanging();
    const cached = await here.post({ action: 'retrieve_batch', limit: 5 });
    expect(cacheStatus(cached)).toBe('flux-mirror; hit; detail=stale-while-revalidate');
    expect(await cached.json()).toMatchObject({ count: 2 });
    const empty = await seconds(() => here.post({ action: 'retrieve_batch', user_id: 'nobody' }));
    expect(empty.answer.status).toBe(502);
    expect(empty.ms).toBeGreaterThan(900);
  });

  test('no-cache, and what is not here, wait for the whole timeout', async () => {
    const here = await hanging();
    const fresh = await seconds(() => here.post({ id }, { 'cache-control': 'no-cache' }));
    expect(cacheStatus(fresh.answer)).toContain('stale-if-error');
    expect(fresh.ms).toBeGreaterThan(900);
    expect((await here.post({ id: FIRST_ID })).status).toBe(502);
  });
});

test('the web app’s history is there whatever the upstream answers', async () => {
  const here = await filled();
  const history = { action: 'retrieve_batch', type: 'images', limit: 5, user_id: [], application_id: [] };
  here.simulator.addTask({ prompt: 'a film', kind: 'videos', durationMs: 0 });
  await here.post({ action: 'retrieve_batch' });
  for (const status of [401, 429, 500]) {
    here.simulator.clearFaults();
    here.simulator.fault({ kind: 'status', status });
    here.clock.advance(HOUR);
    expect(await (await here.post(history)).json()).toMatchObject({ count: 2 });
    expect(await (await here.post({ ...history, type: 'videos' })).json()).toMatchObject({ count: 1 });
  }
});
