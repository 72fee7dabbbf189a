/** What is answered to requests that are wrong, and when things go wrong. */
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { VENDOR_DOCUMENTS, VENDOR_IDS } from '../../src/simulator/samples.ts';
import { showFigure } from '../helpers/figure.ts';
import { requireSqlite } from '../helpers/test-engine.ts';
import { startTestMirror, temporaryDirectory } from '../helpers/test-mirror.ts';

const [ID] = VENDOR_IDS;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

async function expectError(answer: Response, status: number, code: string): Promise<string> {
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
  const body = (await answer.json()) as { error: { message: string } };
  expect(body).toEqual({
    success: false,
    error: { code, message: expect.any(String) },
    trace_id: expect.stringMatching(UUID),
  });
  expect(body.error.message).not.toMatch(/at .*\.[jt]s:\d|SELECT|INSERT|SQLITE|\/tmp\//);
  return body.error.message;
}

/** A request as raw bytes, for what `fetch` refuses to send. */
async function raw(url: string, head: string[], body = ''): Promise<{ status: number; text: string }> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.write(`${head.join('\r\n')}\r\nconnection: close\r\n\r\n${body}`);
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  return { status: Number(text.slice(9, 12)), text };
}

describe('bad requests to /flux/tasks', () => {
  test.each([
    ['not JSON', '{"action":', 'JSON'],
    ['an empty body', '', 'JSON'],
    ['an array', '[]', 'object'],
    ['a string', '"retrieve"', 'object'],
    ['null', 'null', 'object'],
    ['neither an action nor an id', '{}', 'id'],
    ['an unknown action', '{"action":"explode"}', 'action'],
    ['an action of another type', '{"action":1}', 'action'],
    ['no id', '{"action":"retrieve"}', 'id'],
    ['an id of another type', '{"action":"retrieve","id":7}', 'id'],
    ['an empty id', '{"action":"retrieve","id":""}', 'id'],
    ['an id that is too long', `{"action":"retrieve","id":"${'x'.repeat(129)}"}`, 'id'],
    ['delete without an id', '{"action":"delete"}', 'id'],
    ['ids that are no array', '{"action":"retrieve_batch","ids":"a"}', 'ids'],
    ['an id in ids that is none', '{"action":"retrieve_batch","ids":["a",null]}', '"ids"[1]'],
    ['too many ids', JSON.stringify({ action: 'retrieve_batch', ids: Array(1001).fill('a') }), '1000'],
    ['a limit that is too large', '{"action":"retrieve_batch","limit":1001}', 'limit'],
    ['a limit that is no number', '{"action":"retrieve_batch","limit":"5"}', 'limit'],
    ['a broken offset', '{"action":"retrieve_batch","offset":1.5}', 'offset'],
    ['a bound that is no number', '{"action":"retrieve_batch","created_at_min":"x"}', 'created_at_min'],
    [
      'too many users',
      JSON.stringify({ action: 'retrieve_batch', user_id: Array(101).fill('a') }),
      'at most 100',
    ],
    ['a user that is no string', '{"action":"retrieve_batch","user_id":{}}', 'user_id'],
  ])('%s', async (_name, body, named) => {
    const { post, simulator } = await startTestMirror();
    expect(await expectError(await post(body), 400, 'bad_request')).toContain(named);
    expect(simulator.requests).toHaveLength(0);
  });

  test('get the same response from the Hono route', async () => {
    const { post } = await startTestMirror({ allowedOrigins: 'https://app.example' });
    const answer = await post('{"action":"explode"}', { origin: 'https://app.example' });
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://app.example');
    await expectError(answer, 400, 'bad_request');
  });
});

describe('requests that reach no route', () => {
  test('a query of any length is answered, with an API error if it is too long', async () => {
    const { get } = await startTestMirror();
    expect((await get(`/api/search?q=${'%E7%8C%AB'.repeat(5000)}`)).status).toBe(200);
    const answer = await get(`/api/search?q=${'x'.repeat(100_000)}`);
    await expectError(answer, 431, 'bad_request');
  });

  test.each([
    ['no Host', ['GET /api/stats HTTP/1.1'], 400],
    ['no Host, on the drop-in route', ['POST /flux/tasks HTTP/1.1', 'content-length: 0'], 403],
    ['a Host with a port that is none', ['GET /api/stats HTTP/1.1', 'host: localhost:99999'], 400],
    ['a target that is a star', ['OPTIONS * HTTP/1.1', 'host: localhost'], 400],
    ['a target of another protocol', ['GET ftp://localhost/ HTTP/1.1', 'host: localhost'], 400],
    ['an Expect that is none', ['GET /healthz HTTP/1.1', 'host: localhost', 'expect: cake'], 417],
  ])('%s gets an API error', async (_, head, status) => {
    const { mirror } = await startTestMirror();
    const answer = await raw(mirror.url, head);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text.slice(answer.text.indexOf('\r\n\r\n')))).toMatchObject({
      success: false,
      error: { code: expect.stringMatching(/bad_request|forbidden/), message: expect.any(String) },
      trace_id: expect.stringMatching(UUID),
    });
  });

  test('malformed HTTP gets 400', async () => {
    const { mirror } = await startTestMirror();
    const { status, text } = await raw(mirror.url, ['HELLO', 'host: localhost']);
    expect(status).toBe(400);
    expect(text).toContain('"code":"bad_request"');
  });

  test('errors of the drop-in routes have Cache-Status', async () => {
    const { post } = await startTestMirror({ offline: 'true' });
    const missing = await post({ action: 'retrieve', id: ID });
    expect(missing.headers.get('cache-status')).toBe('flux-mirror; detail=not_found');
    expect((await post('{')).headers.get('cache-status')).toBe('flux-mirror; detail=bad_request');
  });
});

describe('bad requests to the mirror’s own routes', () => {
  const BAD = [
    [`/api/search?model=${'a,'.repeat(101)}`, 'at most 100'],
    [`/api/facets?id=${'a,'.repeat(2000)}`, 'at most 100'],
    ['/api/search?limit=0', 'limit'],
    ['/api/search?limit=101', 'limit'],
    ['/api/search?limit=x', 'limit'],
    ['/api/search?sort=random', 'sort'],
    ['/api/search?state=lost', 'state'],
    ['/api/search?tz=Mars/Olympus', 'tz'],
    ['/api/search?cursor=nonsense', 'cursor'],
    ['/api/tracked?limit=-1', 'limit'],
    ['/api/tracked?offset=x', 'offset'],
    ['/api/sync/runs?limit=1001', 'limit'],
    [`/api/tasks/${'x'.repeat(129)}`, 'id'],
  ] as const;
  test('get a message that says what was wrong', async () => {
    const { get } = await startTestMirror();
    for (const [path, named] of BAD)
      expect(await expectError(await get(path), 400, 'bad_request'), path.slice(0, 100)).toContain(named);
  });

  test.each(['', '[]', '{}', '{"ids":"x"}', '{"ids":[1]}'])('POST /api/tracked %s', async (body) => {
    const { request } = await startTestMirror();
    await expectError(await request('/api/tracked', { method: 'POST', body }), 400, 'bad_request');
  });
});

describe('tokens', () => {
  const tokens = 'first-token, sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';

  test('no token gives 401 no_token, a wrong one 401 invalid_token', async () => {
    const { post, get, simulator } = await startTestMirror({ tokens });
    simulator.seed(VENDOR_DOCUMENTS);
    const body = { action: 'retrieve', id: ID };
    const missing = await post(body);
    expect(missing.headers.get('www-authenticate')).toBe('Bearer');
    await expectError(missing, 401, 'no_token');
    await expectError(await get('/api/stats'), 401, 'no_token');
    for (const wrong of [
      'Bearer nope',
      'Bearer',
      'Basic first-token',
      'first-token',
      'Bearer first-token x',
    ]) {
      await expectError(await post(body, { authorization: wrong }), 401, 'invalid_token');
      await expectError(await get('/api/stats', { authorization: wrong }), 401, 'invalid_token');
    }
    expect(simulator.requests).toHaveLength(0);
  });

  test('plain and hashed tokens are accepted, and never sent to the upstream', async () => {
    const { post, simulator } = await startTestMirror({ tokens });
    simulator.seed(VENDOR_DOCUMENTS);
    for (const [at, token] of ['first-token', 'test'].entries()) {
      const answer = await post(
        { action: 'retrieve', id: VENDOR_IDS[at] },
        { authorization: `Bearer ${token}` },
      );
      expect(answer.status).toBe(200);
    }
    expect(simulator.requests.map(({ authorization }) => authorization)).not.toContain('Bearer first-token');
    expect(simulator.requests).toHaveLength(2);
  });

  test('a caller’s token is not forwarded by a mirror that requires tokens but has none for the upstream', async () => {
    const { post, simulator } = await startTestMirror({ tokens, upstreamToken: '' });
    const answer = await post({ action: 'retrieve', id: ID }, { authorization: 'Bearer first-token' });
    expect(answer.status).toBe(401);
    expect(simulator.requests.map(({ authorization }) => authorization)).toEqual([undefined]);
  });

  test('health probes need none', async () => {
    const { get } = await startTestMirror({ tokens });
    expect((await get('/healthz')).status).toBe(200);
    expect((await get('/readyz')).status).toBe(200);
  });
});

describe('Host and Origin', () => {
  const HEAD = ['POST /flux/tasks HTTP/1.1', 'content-type: application/json', 'content-length: 2'];

  test.each([
    ['a foreign name', ['host: evil.example']],
    ['a name that only begins like ours', ['host: localhost.evil.example']],
    ['an empty one', ['host:']],
    ['a user part', ['host: localhost@evil.example']],
  ])('403 for a Host that is %s', async (_name, hosts) => {
    const { mirror } = await startTestMirror();
    const answer = await raw(mirror.url, [...HEAD, ...hosts], '{}');
    expect(answer.status).toBe(403);
    expect(answer.text).toContain('"code":"forbidden"');
  });

  /** Names that a page could have in its address to reach us, and what is no name at all. */
  const FOREIGN_HOSTS = [
    ...['evil.example', 'evil.example:8787', 'EVIL.EXAMPLE', 'xn--evl-hma.example', '*', 'null', ''],
    // Ours as a part of it.
    ...[
      'localhost.evil.example',
      'evil.localhost',
      'evil-localhost',
      'localhost.',
      'localhost..',
      'notlocalhost',
    ],
    ...[
      '127.0.0.1.evil.example',
      '127.0.0.1.nip.io',
      'evil.example.127.0.0.1',
      '[::1].evil.example',
      '[::1]x',
    ],
    // Other names of this machine.
    ...[
      '127.0.0.2',
      '127.1',
      '0.0.0.0',
      '2130706433',
      '0x7f000001',
      '0177.0.0.1',
      '192.168.1.1',
      '::1',
      '[::]',
    ],
    ...['[0:0:0:0:0:0:0:1]', '[::ffff:127.0.0.1]', '[::1', '::1]', '169.254.169.254'],
    // Two in one, and what takes it apart in another way.
    ...['localhost@evil.example', 'evil.example@localhost', 'localhost:80@evil.example', 'localhost:80:80'],
    ...[
      'localhost,evil.example',
      'evil.example, localhost',
      'localhost evil.example',
      'localhost\tevil.example',
    ],
    ...[
      'localhost/evil.example',
      'localhost#evil.example',
      'localhost?evil.example',
      'evil.example#localhost',
    ],
    ...[
      'localhost:evil',
      'http://localhost',
      '//localhost',
      'localhost\\evil.example',
      'loc%61lhost',
      'ｌｏｃａｌｈｏｓｔ',
    ],
  ];
  const EVERYWHERE = [
    'GET /healthz',
    'GET /metrics',
    'GET /api/stats',
    `GET /images/${'a'.repeat(64)}`,
    'POST /flux/tasks',
  ];

  test('a foreign Host in any spelling reaches no route', async (context) => {
    const { mirror, simulator } = await startTestMirror();
    simulator.seed(VENDOR_DOCUMENTS);
    const body = JSON.stringify({ action: 'retrieve', id: ID });
    const ask = (route: string, host: string) =>
      raw(mirror.url, [`${route} HTTP/1.1`, `content-length: ${body.length}`, `host: ${host}`], body);
    const counts = { 403: 0, 400: 0 };
    for (const route of EVERYWHERE) {
      for (const host of FOREIGN_HOSTS) {
        const { status, text } = await ask(route, host);
        expect([403, 400], `${route}, host: ${host}`).toContain(status);
        expect(text, `${route}, host: ${host}`).toMatch(/"code":"(forbidden|bad_request)"/);
        counts[status as 403 | 400] += 1;
      }
    }
    expect(simulator.requests).toEqual([]);
    expect(counts[403]).toBeGreaterThan(counts[400]);
    for (const route of EVERYWHERE) expect([200, 404]).toContain((await ask(route, 'localhost')).status);
    showFigure(
      context,
      `${FOREIGN_HOSTS.length} spellings on ${EVERYWHERE.length} routes: 0 got in, ${counts[403]} × 403, ${counts[400]} × 400`,
    );
  });

  test('two Host headers are rejected', async () => {
    const { mirror } = await startTestMirror();
    const answer = await raw(mirror.url, [...HEAD, 'host: localhost', 'host: evil.example'], '{}');
    expect([400, 403]).toContain(answer.status);
  });

  test.each(['localhost', 'LOCALHOST:80', '127.0.0.1', '[::1]:1234', 'mirror.lan', 'mirror.lan:8787'])(
    'accepts Host %s',
    async (host) => {
      const { mirror } = await startTestMirror({ allowedHosts: 'mirror.lan' });
      expect((await raw(mirror.url, [...HEAD, `host: ${host}`], '{}')).status).toBe(400);
    },
  );

  test.each([
    ['a foreign origin', { origin: 'https://evil.example' }],
    ['the null origin', { origin: 'null' }],
    ['our host, but another port', { origin: 'http://127.0.0.1:1' }],
  ])('403 for %s', async (_name, headers) => {
    const { mirror, post, request } = await startTestMirror();
    await expectError(await post({}, headers), 403, 'forbidden');
    await expectError(await request('/api/sync', { method: 'POST', headers }), 403, 'forbidden');
    expect(mirror.runner.isRunning).toBe(false);
  });

  test.each([
    ['POST', 'cross-site', 'no-cors', 403],
    ['POST', 'same-site', 'no-cors', 403],
    ['POST', 'cross-site', 'navigate', 403],
    ['GET', 'cross-site', 'no-cors', 403],
    ['GET', 'cross-site', 'navigate', 200],
    ['GET', 'same-origin', 'cors', 200],
    ['GET', 'none', 'navigate', 200],
  ])('a browser’s %s from a site that is %s, as %s, gets %i', async (method, site, mode, status) => {
    const { mirror } = await startTestMirror();
    const path = method === 'GET' ? '/api/stats' : '/api/sync';
    const head = [
      `${method} ${path} HTTP/1.1`,
      'host: localhost',
      `sec-fetch-site: ${site}`,
      `sec-fetch-mode: ${mode}`,
    ];
    expect((await raw(mirror.url, [...head, 'content-length: 0'])).status).toBe(status);
  });

  test('accepts its own pages and allowed origins', async () => {
    const { mirror, get } = await startTestMirror({ allowedOrigins: 'https://app.example' });
    expect((await get('/api/stats', { origin: new URL(mirror.url).origin })).status).toBe(200);
    const page = await get('/api/stats', { origin: 'https://app.example' });
    expect(page.headers.get('access-control-allow-origin')).toBe('https://app.example');
    expect(page.headers.get('access-control-expose-headers')?.toLowerCase()).toContain('cache-status');
  });

  test('a preflight of an allowed origin is answered without a token, and of no other', async () => {
    const { request } = await startTestMirror({
      allowedOrigins: 'https://app.example',
      tokens: 'secret-one',
    });
    const preflight = (origin: string) =>
      request('/flux/tasks', {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'authorization,content-type',
        },
      });
    const allowed = await preflight('https://app.example');
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://app.example');
    expect(allowed.headers.get('access-control-allow-headers')).toContain('authorization');
    expect((await preflight('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('not found', () => {
  test('offline and unknown gives 404 not_found', async () => {
    const { post, get } = await startTestMirror({ offline: 'true' });
    await expectError(await post({ action: 'retrieve', id: ID }), 404, 'not_found');
    await expectError(await get(`/api/tasks/${ID}`), 404, 'not_found');
  });

  test.each([
    ['GET', '/nothing'],
    ['POST', '/flux/task'],
    ['POST', '/flux/tasks/more'],
    ['PUT', '/api'],
  ])('%s %s gives 404 no_api', async (method, path) => {
    const { request } = await startTestMirror();
    await expectError(await request(path, { method }), 404, 'no_api');
  });
});

describe('a body over 1 MiB', () => {
  const MIB = 1024 * 1024;

  test('with a length is rejected before it is read', async () => {
    const { mirror } = await startTestMirror();
    const answer = await raw(mirror.url, [
      'POST /flux/tasks HTTP/1.1',
      'host: localhost',
      'content-type: application/json',
      `content-length: ${MIB + 1}`,
    ]);
    expect(answer.status).toBe(413);
    expect(answer.text).toContain('"code":"bad_request"');
  });

  test.each(['/flux/tasks', '/api/tracked'])(
    'without a length is rejected once it is too long: %s',
    async (path) => {
      const { mirror, get } = await startTestMirror();
      const sent = httpRequest(`${mirror.url}${path}`, {
        method: 'POST',
        headers: { 'transfer-encoding': 'chunked' },
      });
      sent.on('error', () => undefined); // The server hangs up while we still send.
      const answered = once(sent, 'response');
      for (let megabytes = 0; megabytes < 4; megabytes += 1) sent.write(Buffer.alloc(MIB, ' '));
      const [response] = await answered;
      expect(response.statusCode).toBe(413);
      sent.destroy();
      expect((await get('/healthz')).status).toBe(200);
    },
  );

  test('is accepted at exactly 1 MiB', async () => {
    const { post } = await startTestMirror();
    const body = '{"action":"retrieve","id":""}';
    await expectError(await post(body.padEnd(MIB, ' ')), 400, 'bad_request');
  });
});

describe('the upstream fails and nothing is cached', () => {
  test('unreachable gives 502 api_error', async () => {
    const { simulator, post } = await startTestMirror();
    await simulator.stop();
    await expectError(await post({ action: 'retrieve', id: ID }), 502, 'api_error');
    await expectError(await post({ action: 'retrieve_batch', ids: [ID] }), 502, 'api_error');
  });

  test.for([
    ['nonsense', { kind: 'body', body: 'hello' }],
    ['half a document', { kind: 'truncated-json' }],
    ['another task', { kind: 'body', body: VENDOR_DOCUMENTS[1] ?? '' }],
    ['a redirect', { kind: 'redirect', location: 'http://127.0.0.1:1/' }],
  ] as const)('%s gives 502 api_error', async ([, fault], context) => {
    const { simulator, post, store } = await startTestMirror();
    simulator.seed(VENDOR_DOCUMENTS);
    simulator.fault(fault);
    await expectError(await post({ action: 'retrieve', id: ID }), 502, 'api_error');
    const { total } = await store.stats(0);
    expect(total).toBe(0);
    showFigure(context, `${total} stored`);
  });

  test('no response gives 502 api_error after the timeout', async () => {
    const { simulator, post } = await startTestMirror({ upstreamTimeoutMs: '100ms' });
    simulator.fault({ kind: 'hang' });
    await expectError(await post({ action: 'retrieve', id: ID }), 502, 'api_error');
  });
});

describe('503', () => {
  test('delete while offline', async () => {
    const { post } = await startTestMirror({ offline: 'true' });
    await expectError(await post({ action: 'delete', id: ID }), 503, 'api_error');
  });
});

test('a base path applies to every route', async () => {
  const { mirror, post, get, simulator } = await startTestMirror({ basePath: '/mirror/' });
  simulator.seed(VENDOR_DOCUMENTS);
  expect(new URL(mirror.url).pathname).toBe('/mirror');
  expect((await post({ action: 'retrieve', id: ID })).status).toBe(200);
  expect((await get('/api/stats')).status).toBe(200);
  expect((await get('/healthz')).status).toBe(200);
  const outside = await fetch(new URL('/flux/tasks', mirror.url), { method: 'POST', body: '{}' });
  await expectError(outside, 404, 'no_api');
});

test('a data directory in use is rejected', async (context) => {
  requireSqlite(context);
  const dataDir = temporaryDirectory();
  await startTestMirror({ dataDir });
  await expect(startTestMirror({ dataDir })).rejects.toThrow(/in use|another/i);
});

test('a body of hundreds of thousands of objects is rejected before it is parsed', async () => {
  const { post } = await startTestMirror();
  for (const body of [`{"a":[${'{},'.repeat(300_000)}1]}`, `{"a":${'[],'.repeat(10_001)}1}`]) {
    const answer = await post(body);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      error: { code: 'bad_request', message: 'the body has more than 10000 objects and arrays' },
    });
  }
});

test('a body of tens of thousands of values is rejected before it is parsed', async () => {
  const { post } = await startTestMirror();
  const values = [',"x":1'.repeat(20_000), `,"x":[${'1,'.repeat(20_000)}1]`, `,"x":"${','.repeat(20_000)}"`];
  for (const more of values) {
    const answer = await post(`{"action":"retrieve","id":"a"${more}}`);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      error: { code: 'bad_request', message: 'the body has more than 20000 values' },
    });
  }
});
