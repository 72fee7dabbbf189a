/** Clients that take their time, or more than their share. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createAuthThrottle } from '../../src/server/auth/auth-throttle.ts';
import type { ConnectionLimits } from '../../src/server/listen.ts';
import { documentText, numberedIds } from '../helpers/documents.ts';
import { showFigure } from '../helpers/figure.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { startTestMirror, type TestMirror } from '../helpers/test-mirror.ts';

const LIMITS: ConnectionLimits = {
  connections: 20,
  pipelined: 5,
  headersMs: 400,
  requestMs: 800,
  stalledMs: 500,
  graceMs: 500,
};
const limited = () => startTestMirror({}, {}, { limits: LIMITS });

async function open({ mirror }: TestMirror): Promise<Socket> {
  const { hostname, port } = new URL(mirror.url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined); // being cut off is what is expected
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** What came until the server ended it. */
async function untilClosed(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk) => {
    text += String(chunk);
  });
  if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve)); // a reset is an end as well
  return text;
}

const LONG_ANSWER = 10_000_000;

/** Whose answer, from the mirror's own copy, is longer than `LONG_ANSWER` bytes. */
async function requestOfLongAnswer(
  { simulator, post }: TestMirror,
  connection: 'close' | 'keep-alive',
): Promise<string> {
  const ids = numberedIds(20);
  simulator.seed(ids.map((id) => documentText({ id, prompt: 'p'.repeat(LONG_ANSWER / ids.length) })));
  await post({ action: 'retrieve_batch', ids });
  const body = JSON.stringify({ action: 'retrieve_batch', ids });
  return `POST /flux/tasks HTTP/1.1\r\nhost: localhost\r\nconnection: ${connection}\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
}

describe('a slow client', () => {
  test.each([
    ['that sends half a line of headers', 'POST /flux/tasks HTTP/1.1\r\nhost: local'],
    [
      'that sends headers and no body',
      'POST /flux/tasks HTTP/1.1\r\nhost: localhost\r\ncontent-length: 10\r\n\r\n',
    ],
    [
      'that never ends its headers',
      `GET /healthz HTTP/1.1\r\nhost: localhost\r\n${Array.from({ length: 50 }, (_, at) => `x-${at}: 1\r\n`).join('')}`,
    ],
  ])('%s gets 408 and is disconnected', async (_, start) => {
    const here = await limited();
    const socket = await open(here);
    socket.write(start);
    const drip = setInterval(() => socket.write('x'), 100);
    const text = await untilClosed(socket);
    clearInterval(drip);
    expect(text).toMatch(/^HTTP\/1\.1 408 .*"bad_request"/s);
  });

  test('of any kind occupies a connection no longer than the limit', async (context) => {
    const here = await limited();
    const post = 'POST /flux/tasks HTTP/1.1\r\nhost: localhost\r\n';
    const starts = ['', 'P', 'POST /flux/tasks HTT', post, `${post}content-length: 10\r\n\r\n`];
    starts.push(`${post}content-length: 10\r\n\r\n{`, `${post}transfer-encoding: chunked\r\n\r\n5\r\n{`);
    const sockets: Socket[] = [];
    for (const start of [...starts, ...starts]) {
      const socket = await open(here);
      socket.write(start);
      socket.resume();
      sockets.push(socket);
    }
    const held = () => sockets.filter((socket) => !socket.closed).length;
    expect(held()).toBe(sockets.length);
    // Twice as long as all limits allow, and then some where the machine is busy.
    await expect.poll(held, { timeout: 30_000 }).toBe(0);
    showFigure(context, `${held()} of ${sockets.length} connections held after the limits`);
  });

  test('that sends nothing is disconnected', async () => {
    const here = await limited();
    expect(await untilClosed(await open(here))).toMatch(/^(HTTP\/1\.1 408 .*)?$/s);
  });

  test('that does not read a long response is disconnected, and one that reads is not', async () => {
    const here = await limited();
    const request = await requestOfLongAnswer(here, 'close');
    const [deaf, reading] = [await open(here), await open(here)];
    deaf.pause();
    deaf.write(request);
    reading.write(request);
    expect((await untilClosed(reading)).length).toBeGreaterThan(LONG_ANSWER);
    // The limit counts from the last byte that the system took, and is checked as often as it is long.
    await new Promise((resolve) => setTimeout(resolve, 5 * LIMITS.stalledMs));
    // What the system had already taken is still there to read, then comes the end.
    expect((await untilClosed(deaf.resume())).length).toBeLessThan(LONG_ANSWER);
  });

  test('limits do not apply to waiting for a slow upstream', async () => {
    const here = await limited();
    const [id] = numberedIds(1);
    here.simulator.seed([documentText({ id })]);
    here.simulator.fault({ kind: 'delay', ms: 2 * LIMITS.stalledMs });
    expect((await here.post({ action: 'retrieve', id })).status).toBe(200);
  });
});

test('connections beyond the cap are closed, until others end', async () => {
  const here = await limited();
  const held: Socket[] = [];
  for (let n = 0; n < LIMITS.connections; n += 1) held.push(await open(here));
  const refused = await open(here);
  expect(await untilClosed(refused)).toBe('');
  for (const socket of held) socket.destroy();
  await expect.poll(async () => (await here.get('/healthz').catch(() => undefined))?.status).toBe(200);
});

describe('one connection', () => {
  const pipelined = (count: number, head: string) => `${head}\r\nhost: localhost\r\n\r\n`.repeat(count);

  test('with too many requests in flight is closed', async () => {
    const here = await limited();
    here.simulator.fault({ kind: 'hang' });
    const socket = await open(here);
    const body = '{"action":"retrieve","id":"x"}';
    const request = `POST /flux/tasks HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
    socket.write(request.repeat(LIMITS.pipelined + 1));
    expect(await untilClosed(socket)).toBe('');
  });

  test('may send many requests in sequence', async () => {
    const here = await limited();
    const socket = await open(here);
    const seen = untilClosed(socket);
    for (let sent = 0; sent < 2 * LIMITS.pipelined; sent += 1) {
      socket.write(pipelined(1, 'GET /healthz HTTP/1.1'));
      await once(socket, 'data');
    }
    socket.end(pipelined(1, 'GET /healthz HTTP/1.1\r\nconnection: close'));
    expect((await seen).match(/ 200 OK/g)).toHaveLength(2 * LIMITS.pipelined + 1);
  });

  test('that guesses a thousand tokens at once is closed, and the right token is answered immediately', async () => {
    const never = {
      ...new ManualClock(),
      now: () => 0,
      monotonic: () => 0,
      sleep: () => new Promise<void>(() => {}),
    };
    const slowDown = createAuthThrottle(never);
    const answered = Array.from({ length: 1000 }, () => slowDown('192.0.2.1'));
    const settled = await Promise.all(answered.map((one) => Promise.race([one, Promise.resolve('waits')])));
    expect(settled.filter((one) => one === true)).toHaveLength(10);
    const here = await startTestMirror({ tokens: 'secret-one' });
    const sockets = await Promise.all(Array.from({ length: 3 }, () => open(here)));
    for (const socket of sockets)
      socket.write(pipelined(1000, 'GET /api/stats HTTP/1.1\r\nauthorization: Bearer bad'));
    await Promise.all(sockets.map(untilClosed));
    expect((await here.get('/api/stats', { authorization: 'Bearer secret-one' })).status).toBe(200);
  });
});

describe('headers', () => {
  test.each([
    ['POST', '/flux/tasks'],
    ['GET', '/api/stats'],
    ['GET', '/nowhere'],
    ['GET', '/healthz'],
  ])('of %s %s prevent content sniffing', async (method, path) => {
    const here = await startTestMirror();
    const answer = await here.request(path, { method, ...(method === 'POST' ? { body: '{}' } : {}) });
    await answer.arrayBuffer();
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });

  test('of Hono responses forbid frames, scripts and referrers', async () => {
    const here = await startTestMirror();
    const { headers } = await here.get('/api/stats');
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'x-frame-options': 'DENY',
      'referrer-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    });
    expect(headers.get('strict-transport-security')).toBeNull();
  });
});

describe('deeply nested JSON', () => {
  const deep = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
  test.for<[string, number]>([
    ['/flux/tasks', 65],
    ['/flux/tasks', 100_000],
    ['/flux/images', 65],
    ['/flux/images', 100_000],
    ['/api/tracked', 100_000],
  ])('is rejected by %s at %i levels', async ([path, levels], context) => {
    const here = await startTestMirror();
    const body = deep(levels);
    const started = performance.now();
    const answer = await here.request(path, { method: 'POST', body });
    const ms = performance.now() - started;
    expect([answer.status, await answer.json()]).toMatchObject([400, { error: { code: 'bad_request' } }]);
    expect(here.simulator.requests).toEqual([]);
    if (levels === 100_000 && path === '/flux/tasks') showFigure(context, `${ms.toFixed(0)} ms`);
  });
});

describe('shutdown', () => {
  test('waits for a request in flight, but not for idle connections', async () => {
    const { simulator, mirror, post } = await startTestMirror();
    const [id = ''] = numberedIds(1);
    simulator.seed([documentText({ id })]);
    simulator.fault({ kind: 'delay', ms: 200 });
    const inFlight = post({ action: 'retrieve', id });
    await expect.poll(() => simulator.requests.length).toBe(1);
    const started = performance.now();
    const [answer] = await Promise.all([inFlight.then((it) => it.text()), mirror.stop()]);
    expect(JSON.parse(answer)).toHaveProperty('id', id);
    // The client would keep its connection for four seconds, the server for five.
    expect(performance.now() - started).toBeLessThan(2500);
  });

  test.each([
    ['GET /api/tasks', /^HTTP\/1\.1 503 .*connection: close\r\n.*"code":"api_error"/is],
    ['GET /readyz', /^HTTP\/1\.1 503 .*connection: close\r\n.*the mirror is stopping/is],
    ['GET /healthz', /^HTTP\/1\.1 200 .*connection: close\r\n/is],
  ])('rejects new requests on an open connection: %s', async (line, expected) => {
    const here = await startTestMirror();
    const [id = ''] = numberedIds(1);
    here.simulator.seed([documentText({ id })]);
    const release = here.simulator.fault({ kind: 'hold' });
    const kept = await open(here);
    const inFlight = here.post({ action: 'retrieve', id });
    await expect.poll(() => here.simulator.requests.length).toBe(1);
    const stopped = here.mirror.stop();
    kept.write(`${line} HTTP/1.1\r\nhost: localhost\r\n\r\n`);
    expect(await untilClosed(kept)).toMatch(expected);
    release();
    expect(await (await inFlight).json()).toHaveProperty('id', id);
    await stopped;
  });

  test('waits for a client that reads a long response slowly', async () => {
    const here = await startTestMirror();
    const socket = await open(here);
    socket.write(await requestOfLongAnswer(here, 'keep-alive'));
    await once(socket, 'readable');
    const stopped = here.mirror.stop();
    await Promise.race([stopped, new Promise((resolve) => setTimeout(resolve, 200))]);
    const text = await untilClosed(socket);
    await stopped;
    const [head = '', body] = text.split('\r\n\r\n');
    expect(head.toLowerCase()).toContain(`content-length: ${body?.length}`);
  });

  test('aborts a generation that has no response', async () => {
    const { simulator, mirror, request } = await startTestMirror(
      {},
      { taskDurationMs: 600_000 },
      { limits: LIMITS },
    );
    const generating = request('/flux/images', { method: 'POST', body: '{"prompt":"a slow cat"}' });
    const isCut = expect(generating).rejects.toThrow();
    await expect.poll(() => simulator.requests.length).toBe(1);
    await mirror.stop();
    await isCut;
  });
});
