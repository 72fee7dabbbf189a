/** `GET /api/events`: what happens, as it happens, to those who may see it. */
import { setImmediate } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createEventLog } from '../../src/server/events/event-log.ts';
import { createEventStream, MAX_BACKLOG } from '../../src/server/events/event-stream.ts';
import { CHANGED, describeChange, STATUS } from '../../src/server/events/mirror-event.ts';
import type { StoreChange } from '../../src/store/contract/changes.ts';
import { addToken } from '../helpers/access-token.ts';
import { archivedImage, type DocumentOptions, document, numberedIds } from '../helpers/documents.ts';
import { sendRaw } from '../helpers/raw-request.ts';
import { openTestStore, startTestMirror, type TestMirror } from '../helpers/test-mirror.ts';

const [MINE, THEIRS, THIRD] = numberedIds(3);

interface ReceivedEvent {
  readonly id: string;
  readonly name: string;
  readonly data: unknown;
}

interface Listener {
  readonly response: Response;
  /** The next event; undefined when the stream has ended. */
  next(): Promise<ReceivedEvent | undefined>;
  /** The last id, of an event or a heartbeat. */
  lastId(): string;
  /** Resolves when the server has ended the stream. */
  readonly ended: Promise<void>;
  hangUp(): void;
}

/** What a page says of the last event before it was read. */
async function readLastEventId(here: TestMirror, path: string): Promise<string> {
  const html = await (await here.request(path, { headers: { accept: 'text/html' } })).text();
  return /"lastEventId":"([^"]+)"/.exec(html)?.[1] ?? 'none';
}

/** Opens a stream, and waits until it is open. */
async function listen(
  here: TestMirror,
  headers: Record<string, string> = {},
  path = '/api/events?tz=UTC',
): Promise<Listener> {
  const hangingUp = new AbortController();
  onTestFinished(() => hangingUp.abort());
  const response = await here.request(path, { headers, signal: hangingUp.signal });
  expect(response.status).toBe(200);
  const events: ReceivedEvent[] = [];
  const waiting: (() => void)[] = [];
  let lastId = '';
  let isOver = false;
  const wake = () => {
    for (const resolve of waiting.splice(0)) resolve();
  };
  const read = async () => {
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
        lastId = field('id') ?? lastId;
        const data = field('data');
        if (data !== undefined)
          events.push({ id: lastId, name: field('event') ?? '', data: JSON.parse(data) });
      }
      wake();
    }
  };
  const ended = read()
    .catch(() => undefined)
    .then(() => {
      isOver = true;
      wake();
    });
  const waitUntil = async (condition: () => boolean) => {
    while (!condition() && !isOver) await new Promise<void>((resolve) => waiting.push(resolve));
  };
  await waitUntil(() => lastId !== '');
  return {
    response,
    lastId: () => lastId,
    ended,
    hangUp: () => hangingUp.abort(),
    next: async () => {
      await waitUntil(() => events.length > 0);
      return events.shift();
    },
  };
}

async function put({ store, clock }: Pick<TestMirror, 'store' | 'clock'>, ...options: DocumentOptions[]) {
  await store.storeDocuments({
    documents: options.map((one) => document(one)),
    requestSeq: await store.nextRequestSeq(),
    fetchedAtMs: clock.now(),
  });
}

describe('an event stream', () => {
  test('tells of tasks that are stored, finished and removed, in the month of the given time zone', async () => {
    const here = await startTestMirror();
    const utc = await listen(here);
    const tokyo = await listen(here, {}, '/api/events?tz=Asia/Tokyo');
    expect(utc.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(utc.response.headers.get('cache-control')).toBe('no-store, no-transform');
    const createdAt = Date.UTC(2026, 1, 28, 20) / 1000;
    await put(here, { id: MINE, createdAt, state: 'pending' });
    await put(here, { id: MINE, createdAt, state: 'pending' }); // nothing new
    await put(here, { id: MINE, createdAt });
    await here.store.archiveImage({ taskId: MINE, n: 0 }, archivedImage('ab'), here.clock.now());
    await here.store.failImage({ taskId: MINE, n: 0 }, { dueAtMs: undefined, error: 'gone' });
    await here.store.remove(MINE);
    await here.store.remove(MINE);
    const task = (state: string, month: string) => ({
      name: 'task',
      data: { id: MINE, state, month, created_at: '2026-02-28T20:00:00.000Z' },
    });
    const image = (sha256: string | null) => ({ name: 'image', data: { id: MINE, n: 0, sha256 } });
    for (const [stream, month] of [
      [utc, '2026-02'],
      [tokyo, '2026-03'],
    ] as const) {
      const told = [
        task('pending', month),
        task('succeeded', month),
        image('ab'),
        image(null),
        task('removed', month),
      ];
      for (const event of told) expect(await stream.next()).toMatchObject(event);
    }
  });

  test('tells of a sync run and of the status', async () => {
    const here = await startTestMirror();
    here.simulator.seed([]);
    await here.store.track([MINE], here.clock.now());
    const stream = await listen(here);
    await here.mirror.runner.run({ trigger: 'api' });
    expect(await stream.next()).toMatchObject({
      name: 'sync',
      data: { state: 'running', trigger: 'api', done: 0, due: 1 },
    });
    expect(await stream.next()).toMatchObject({ name: 'sync', data: { state: 'running', done: 1, due: 1 } });
    expect(await stream.next()).toMatchObject({
      name: 'sync',
      data: { state: 'ended', trigger: 'api', outcome: 'done', finished: 0, error: null },
    });
    expect(await stream.next()).toMatchObject({ name: 'status', data: {} });
    // A scheduled run that has nothing to do is not worth an event.
    await here.mirror.runner.run({ trigger: 'schedule' });
    await put(here, { id: THIRD });
    expect(await stream.next()).toMatchObject({ name: 'task', data: { id: THIRD } });
  });

  test('tells within seconds that another process has changed something, also before somebody listened', async () => {
    const here = await startTestMirror();
    const command = await openTestStore(here.config.dataDir, here.clock, 'writer');
    const stream = await listen(here);
    await put({ store: command, clock: here.clock }, { id: MINE });
    expect(await stream.next()).toMatchObject({ name: 'changed', data: {} });
    stream.hangUp();
    await stream.ended;
    await put({ store: command, clock: here.clock }, { id: THEIRS });
    const again = await listen(here, { 'last-event-id': stream.lastId() });
    expect(await again.next()).toMatchObject({ name: 'changed', data: {} });
  });

  test('continues after the event that the caller had last, or says that it can’t', async () => {
    const here = await startTestMirror();
    const stream = await listen(here);
    const before = stream.lastId();
    await put(here, { id: MINE }, { id: THEIRS });
    const [first, second] = [await stream.next(), await stream.next()];
    stream.hangUp();
    await put(here, { id: THIRD });
    const resume = async (id = '') => (await listen(here, { 'last-event-id': id })).next();
    expect(await resume(before)).toEqual(first);
    expect(await resume(first?.id)).toEqual(second);
    expect(await resume(second?.id)).toMatchObject({ name: 'task', data: { id: THIRD } });
    expect(await resume('of-an-earlier-start')).toMatchObject({ name: 'changed' });
    const fresh = await listen(here);
    await put(here, { id: 'the-fourth' });
    expect(await fresh.next()).toMatchObject({ name: 'task', data: { id: 'the-fourth' } });
  });

  test('continues after what a page has said, and after what a browser has had since', async () => {
    const here = await startTestMirror();
    for (const path of ['/', '/status', '/collections', '/saved', '/prompts', '/docs']) {
      const after = await readLastEventId(here, path);
      await put(here, { id: MINE }, { id: THEIRS });
      const stream = await listen(here, {}, `/api/events?tz=UTC&after=${after}`);
      const first = await stream.next();
      expect(first, path).toMatchObject({ name: 'task', data: { id: MINE } });
      const again = await listen(
        here,
        { 'last-event-id': first?.id ?? '' },
        `/api/events?tz=UTC&after=${after}`,
      );
      expect(await again.next(), path).toMatchObject({ name: 'task', data: { id: THEIRS } });
      for (const id of [MINE, THEIRS]) await here.store.remove(id as never);
      stream.hangUp();
      again.hangUp();
    }
    const unknown = await listen(here, {}, '/api/events?tz=UTC&after=of-an-earlier-start');
    expect(await unknown.next()).toMatchObject({ name: 'changed' });
  });

  test('tells a page what another process has changed since it was read', async () => {
    const here = await startTestMirror();
    const command = await openTestStore(here.config.dataDir, here.clock, 'writer');
    const after = await readLastEventId(here, '/');
    await put({ store: command, clock: here.clock }, { id: MINE });
    const stream = await listen(here, {}, `/api/events?tz=UTC&after=${after}`);
    expect(await stream.next()).toMatchObject({ name: 'changed' });
  });

  test('has an answer to HEAD and to a wrong time zone', async () => {
    const here = await startTestMirror();
    const head = await here.request('/api/events', { method: 'HEAD' });
    expect([head.status, head.headers.get('content-type')]).toEqual([
      200,
      'text/event-stream; charset=utf-8',
    ]);
    expect((await here.get('/api/events?tz=Mars')).status).toBe(400);
  });

  test('ends at once when the mirror stops', async () => {
    const here = await startTestMirror();
    const streams = await Promise.all([listen(here), listen(here), listen(here)]);
    const started = performance.now();
    await here.mirror.stop();
    await Promise.all(streams.map(({ ended }) => ended));
    expect(performance.now() - started).toBeLessThan(3000); // the grace period is 8 s
  });

  test('ends when its token or session is revoked or expires, and no other does', async () => {
    const here = await startTestMirror();
    const [kept, revoked] = [await addToken(here), await addToken(here)];
    const expiring = await addToken(here, { expiresAtMs: here.clock.now() + 60_000 });
    const signIn = await here.request('/sign-in', {
      method: 'POST',
      body: JSON.stringify({ token: revoked.authorization.slice('Bearer '.length) }),
    });
    const cookie = signIn.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const open = await listen(here, kept);
    const ending = [await listen(here, revoked), await listen(here, { cookie })];
    const last = await listen(here, expiring);
    const [, { name } = { name: '' }] = await here.store.accessTokens();
    await here.store.revokeAccessToken(name, here.clock.now());
    here.clock.advance(1001);
    await Promise.all(ending.map(({ ended }) => ended));
    here.clock.advance(60_000);
    await last.ended;
    await put(here, { id: MINE });
    expect(await open.next()).toMatchObject({ name: 'task' });
    expect(here.clock.sleeps).toEqual([]); // no guesses
  });

  test('of an open mirror ends when the first token is created', async () => {
    const here = await startTestMirror();
    const stream = await listen(here);
    await addToken(here);
    await stream.ended;
  });

  test('is one of a limited number for each caller, and leaves its place when it ends', async () => {
    const here = await startTestMirror();
    const streams = await Promise.all(Array.from({ length: 64 }, () => listen(here)));
    const refused = await here.get('/api/events');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    await refused.body?.cancel();
    expect((await sendRaw(here, '/healthz', {})).status).toBe(200);
    streams[0]?.hangUp();
    for (;;) {
      const answer = await here.get('/api/events');
      await answer.body?.cancel();
      if (answer.status === 200) break;
      await setImmediate();
    }
  });
});

describe('a limited token', () => {
  test('hears of its own tasks only, of nothing that concerns all, and can’t count what it does not hear', async () => {
    const here = await startTestMirror();
    const mine = await addToken(here, { limits: { userIds: ['me'] } });
    const both = await addToken(here, { limits: { userIds: ['me'], applicationIds: ['app'] } });
    const [all, own, none] = [
      await listen(here, await addToken(here)),
      await listen(here, mine),
      await listen(here, both),
    ];
    await put(here, { id: THEIRS, userId: 'somebody' });
    await here.store.archiveImage({ taskId: THEIRS, n: 0 }, archivedImage('ab'), here.clock.now());
    await here.store.track([THIRD], here.clock.now());
    await here.mirror.runner.run({ trigger: 'api' });
    await here.store.remove(THEIRS);
    await put(here, { id: MINE, userId: 'me' });
    await here.store.archiveImage({ taskId: MINE, n: 0 }, archivedImage('cd'), here.clock.now());
    await here.store.remove(MINE);
    const told = [await own.next(), await own.next(), await own.next()];
    expect(told.map((event) => [event?.name, event?.data])).toMatchObject([
      ['task', { id: MINE, state: 'succeeded' }],
      ['image', { id: MINE, sha256: 'cd' }],
      ['task', { id: MINE, state: 'removed' }],
    ]);
    expect(told.every((event) => /^[\w-]{16}$/.test(event?.id ?? ''))).toBe(true);
    const names = new Set<string>();
    while (!names.has('status')) names.add((await all.next())?.name ?? 'status');
    expect(names).toEqual(new Set(['task', 'image', 'sync', 'status']));
    // Nor of anything while it was away.
    own.hangUp();
    await put(here, { id: THEIRS, userId: 'somebody' }, { id: MINE, userId: 'me', createdAt: 1_700_000_000 });
    const again = await listen(here, { ...mine, 'last-event-id': told[2]?.id ?? '' });
    expect(await again.next()).toMatchObject({ name: 'task', data: { id: MINE } });
    await put(here, { id: THIRD, userId: 'me', more: { application_id: 'app' } });
    expect(await none.next()).toMatchObject({ data: { id: THIRD } });
  });
});

const change: StoreChange = {
  kind: 'task',
  id: MINE,
  state: 'pending',
  createdAtMs: 0,
  owner: { userId: 'me', applicationId: undefined },
};

describe('the backlog of a slow reader', () => {
  const options = { limits: undefined, timeZone: 'UTC', lastId: 'first' };

  async function readOnce(stream: ReturnType<typeof createEventStream>): Promise<string> {
    const { value } = await stream.read().next();
    return new TextDecoder().decode(value ?? new Uint8Array());
  }

  test('is kept up to a limit, and then becomes one event that says to read everything again', async () => {
    const stream = createEventStream(options);
    const push = (count: number) => {
      for (let at = 0; at < count; at += 1) stream.push({ ...describeChange(change), id: `id-${at}` });
    };
    push(MAX_BACKLOG);
    expect((await readOnce(stream)).match(/event: task/g)).toHaveLength(MAX_BACKLOG);
    push(5000);
    expect(await readOnce(stream)).toBe('id: id-4999\nevent: changed\ndata: {}\n\n');
    push(1);
    expect(await readOnce(stream)).toContain('event: task');
  });

  test('has one heartbeat, however long nobody reads', async () => {
    const stream = createEventStream(options);
    await readOnce(stream);
    for (let times = 0; times < 100; times += 1) stream.sendHeartbeat('beat');
    expect(await readOnce(stream)).toBe(':\nid: beat\n\n');
  });

  test('is sent before the stream ends, and nothing after it', async () => {
    const stream = createEventStream(options);
    stream.push({ ...CHANGED, id: 'a' });
    stream.close();
    stream.push({ ...CHANGED, id: 'b' });
    const reading = stream.read();
    expect(new TextDecoder().decode((await reading.next()).value ?? undefined)).toMatch(
      /^retry: \d+\nid: first\n\nid: a\n/,
    );
    expect((await reading.next()).done).toBe(true);
  });
});

describe('the event log', () => {
  test('keeps a limited number of events', () => {
    const log = createEventLog(3);
    const start = log.lastId;
    expect(log.listAfter(start)).toEqual([]);
    const [first, second] = [log.add(CHANGED), log.add(STATUS)];
    expect(log.listAfter(start)?.map(({ id }) => id)).toEqual([first.id, second.id]);
    log.add(CHANGED);
    expect(log.listAfter(start)).toBeUndefined();
    expect(log.listAfter(first.id)).toHaveLength(2);
    log.add(CHANGED);
    expect([log.listAfter(first.id), log.listAfter(second.id)?.length]).toEqual([undefined, 2]);
  });
});
