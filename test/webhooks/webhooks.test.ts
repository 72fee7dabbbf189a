/** Webhooks of saved searches: who is told of what, when, how often, and by what proof. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { SettingName } from '../../src/config/setting-table.ts';
import { MAX_SINGLE_MESSAGES, MAX_TEST_MESSAGES, MAX_WEBHOOKS } from '../../src/store/contract/webhooks.ts';
import type { TaskId } from '../../src/task/id.ts';
import { addToken } from '../helpers/access-token.ts';
import { runCli } from '../helpers/cli.ts';
import { type DocumentOptions, document, documentText, numberedIds } from '../helpers/documents.ts';
import { startTestMirror, type TestMirror, temporaryDirectory } from '../helpers/test-mirror.ts';
import { startReceiver, verifyMessage, type WebhookReceiver } from '../helpers/webhook-receiver.ts';

const [FIRST, SECOND, THIRD] = numberedIds(3);
const HOUR = 3_600_000;

interface Webhook {
  readonly id: string;
  readonly secret: string;
}

async function post<T>(
  here: TestMirror,
  path: string,
  body: unknown = {},
  headers: Record<string, string> = {},
) {
  const answer = await here.request(path, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: answer.status, body: (await answer.json()) as T };
}

/** A mirror with a webhook of the saved search `cat`, and one second on. */
async function startWatched(settings: Partial<Record<SettingName, string>> = {}, query = 'cat') {
  const receiver = await startReceiver();
  const here = await startTestMirror({ imageAllowHosts: receiver.host, ...settings });
  const { body: saved } = await post<{ id: string }>(here, '/api/saved', { name: 'Cats', query });
  const webhook = await addWebhook(here, receiver, saved.id);
  here.clock.advance(1000);
  return { here, receiver, saved, webhook };
}

async function addWebhook(here: TestMirror, receiver: WebhookReceiver, savedId: string): Promise<Webhook> {
  const { body } = await post<Webhook>(here, '/api/webhooks', { url: receiver.url, saved_search: savedId });
  return body;
}

/** A document that is created now, as the upstream would tell it. */
const createText = ({ clock }: TestMirror, options: DocumentOptions) =>
  documentText({ prompt: 'a cat', createdAt: clock.now() / 1000, ...options });

/** Tasks that the upstream has finished, and a run of the schedule that finds them. */
async function finish(here: TestMirror, ...ids: readonly TaskId[]): Promise<void> {
  here.simulator.seed(ids.map((id) => createText(here, { id })));
  await here.store.track(ids, here.clock.now());
  await here.mirror.runner.run({ trigger: 'api' });
}

const listIds = ({ messages }: WebhookReceiver) => messages.map(({ value }) => value.data.task?.id);

async function listDeliveries(here: TestMirror, { id }: Webhook) {
  const answer = await here.get(`/api/webhooks/${id}/deliveries`);
  return ((await answer.json()) as { items: Record<string, unknown>[] }).items;
}

describe('a webhook of a saved search', () => {
  test('is told of a task when it finishes, signed by Standard Webhooks', async () => {
    const { here, receiver, saved, webhook } = await startWatched();
    here.clock.advance(Date.now() - here.clock.now()); // the library checks the time
    await finish(here, FIRST);
    await here.mirror.webhooks.run();
    const [message] = receiver.messages;
    if (!message) throw new Error('nothing was received');
    expect(verifyMessage(webhook.secret, message)).toEqual({
      type: 'task.finished',
      timestamp: new Date(here.clock.now()).toISOString(),
      data: {
        saved_search: { id: saved.id, name: 'Cats' },
        task: {
          ...{ id: FIRST, created_at: new Date(here.clock.now()).toISOString(), state: 'succeeded' },
          ...{ action: 'generate', model: 'flux-dev', size: '1024x1024', prompt: 'a cat' },
        },
      },
    });
    expect(message.headers['content-type']).toBe('application/json');
    expect(() => verifyMessage(webhook.secret, { ...message, body: `${message.body} ` })).toThrow();
    const other = await addWebhook(here, receiver, saved.id);
    expect(() => verifyMessage(other.secret, message)).toThrow();
  });

  test('is told once of each task that matches exactly and was created after it', async () => {
    const { here, receiver, webhook } = await startWatched();
    here.simulator.seed([
      createText(here, { id: FIRST, state: 'pending' }),
      createText(here, { id: SECOND, prompt: 'a dog' }),
      createText(here, { id: THIRD, createdAt: here.clock.now() / 1000 - 5 }),
    ]);
    const read = async (id: TaskId) => (await here.post({ action: 'retrieve', id })).text();
    for (const id of [FIRST, SECOND, THIRD]) await read(id);
    await here.mirror.webhooks.run();
    expect(receiver.messages).toEqual([]);
    here.simulator.seed([createText(here, { id: FIRST, state: 'failed' })]);
    here.clock.advance(60_000);
    for (const id of [FIRST, FIRST, SECOND, THIRD]) await read(id);
    await here.mirror.webhooks.run();
    await here.mirror.webhooks.run();
    expect(receiver.messages.map(({ value }) => value.data.task)).toMatchObject([
      { id: FIRST, state: 'failed' },
    ]);
    expect(await listDeliveries(here, webhook)).toMatchObject([
      { id: receiver.messages[0]?.id, type: 'task.finished', task_ids: [FIRST], attempts: 1, next_try: null },
    ]);
  });

  test('is told of a generation through the mirror, and of tasks that the schedule discovers', async () => {
    const { here, receiver } = await startWatched({ discover: 'true' });
    const body = JSON.stringify({ action: 'generate', prompt: 'a cat', async: true });
    const answer = await here.request('/flux/images', { method: 'POST', body });
    const { task_id: id } = (await answer.json()) as { task_id: TaskId };
    here.clock.advance(60_000);
    here.simulator.seed([createText(here, { id: SECOND })]);
    await here.mirror.runner.run({ trigger: 'api' });
    await here.mirror.webhooks.run();
    expect(new Set(listIds(receiver))).toEqual(new Set([id, SECOND]));
  });

  test('is told nothing by a backfill, an import or a history list, but of tasks that the mirror waits for', async () => {
    const { here, receiver } = await startWatched();
    const [waiting, listed, imported] = numberedIds(6).slice(3) as [TaskId, TaskId, TaskId];
    here.simulator.seed(
      [FIRST, SECOND, waiting, listed].map((id) => createText(here, { id, state: 'pending' })),
    );
    await here.store.track([waiting], here.clock.now());
    for (const id of [waiting, listed]) await (await here.post({ action: 'retrieve', id })).text();
    here.simulator.seed([FIRST, SECOND, waiting].map((id) => createText(here, { id })));
    await (await here.post({ action: 'retrieve_batch' })).text();
    here.simulator.seed([THIRD, listed].map((id) => createText(here, { id })));
    const env = {
      ACEDATACLOUD_API_TOKEN: here.config.upstreamToken ?? '',
      ACEDATACLOUD_API_BASE_URL: here.simulator.url,
      FLUX_MIRROR_DATA_DIR: here.config.dataDir,
    };
    expect((await runCli(['backfill'], { env })).code).toBe(0);
    const file = join(temporaryDirectory(), 'tasks.jsonl');
    writeFileSync(file, createText(here, { id: imported }));
    expect((await runCli(['import', file], { env })).code).toBe(0);
    expect((await here.store.getMany([FIRST, SECOND, THIRD, imported])).length).toBe(4);
    await here.mirror.webhooks.run();
    expect(new Set(listIds(receiver))).toEqual(new Set([waiting, listed]));
  });

  test('sees only what the token that saved the search sees, and no hidden task', async () => {
    const { here, receiver } = await startWatched({}, 'bird');
    const limited = await addToken(here, { limits: { userIds: ['me'] } });
    const { body: saved } = await post<{ id: string }>(
      here,
      '/api/saved',
      { name: 'mine', query: 'cat' },
      limited,
    );
    await post(here, '/api/webhooks', { url: receiver.url, saved_search: saved.id }, limited);
    here.clock.advance(1000);
    here.simulator.seed([
      createText(here, { id: FIRST, userId: 'me' }),
      createText(here, { id: SECOND, userId: 'you' }),
      createText(here, { id: THIRD, userId: 'me' }),
    ]);
    await here.store.track([FIRST, SECOND, THIRD], here.clock.now());
    await here.mirror.runner.run({ trigger: 'api' });
    await here.store.mark([{ id: THIRD, change: { hidden: true } }], { nowMs: 1 });
    await here.mirror.webhooks.run();
    expect(listIds(receiver)).toEqual([FIRST]);
  });

  test('is told nothing of a task that was forgotten meanwhile', async () => {
    const { here, receiver, webhook } = await startWatched();
    receiver.answer(500);
    await finish(here, FIRST, SECOND);
    await here.store.remove(SECOND); // before it was looked at
    await here.mirror.webhooks.run();
    expect(listIds(receiver)).toEqual([FIRST]);
    await here.store.remove(FIRST); // while it waits for the next attempt
    receiver.answer(204);
    here.clock.advance(HOUR);
    await here.mirror.webhooks.run();
    expect(receiver.messages).toHaveLength(1);
    expect(await listDeliveries(here, webhook)).toEqual([]);
  });
});

describe('above 100 an hour', () => {
  test('tasks are collected in a digest, and told of one by one again when it is sent', async () => {
    const { here, receiver, webhook } = await startWatched();
    const ids = numberedIds(MAX_SINGLE_MESSAGES + 30);
    const [last = FIRST, ...others] = ids.toReversed();
    await finish(here, ...others);
    await here.mirror.webhooks.run();
    expect(receiver.messages).toHaveLength(MAX_SINGLE_MESSAGES);
    const told = new Set(listIds(receiver));
    here.clock.advance(60_000);
    await finish(here, last);
    await here.mirror.webhooks.run();
    expect(receiver.messages).toHaveLength(MAX_SINGLE_MESSAGES);
    await here.store.remove(last);
    here.clock.advance(HOUR);
    await here.mirror.webhooks.run();
    const digest = receiver.messages.at(-1)?.value;
    const missing = others.filter((id) => !told.has(id));
    expect(digest).toMatchObject({
      type: 'tasks.finished',
      data: { saved_search: { name: 'Cats' }, count: missing.length },
    });
    expect(new Set(digest?.data.task_ids as string[])).toEqual(new Set(missing));
    const [later] = numberedIds(200).slice(199) as [TaskId];
    await finish(here, later);
    await here.mirror.webhooks.run();
    expect(listIds(receiver).at(-1)).toBe(later);
    expect(new Set(receiver.messages.map(({ id }) => id)).size).toBe(receiver.messages.length);
    expect(await listDeliveries(here, webhook)).toHaveLength(100); // the newest
  });
});

describe('a receiver', () => {
  test('that fails gets the message again under the same id, until it takes it', async () => {
    const { here, receiver, webhook } = await startWatched();
    receiver.answer(503);
    await finish(here, FIRST);
    await here.mirror.webhooks.run();
    expect(await listDeliveries(here, webhook)).toMatchObject([
      { attempts: 1, delivered_at: null, last_error: 'its host answered 503', next_try: expect.any(String) },
    ]);
    await here.restart();
    receiver.answer(200);
    here.clock.advance(HOUR);
    await here.mirror.webhooks.run();
    await here.mirror.webhooks.run();
    expect(receiver.messages).toHaveLength(2);
    expect(new Set(receiver.messages.map(({ id }) => id)).size).toBe(1);
    const [first, second] = receiver.messages.map(({ headers }) => headers['webhook-timestamp']);
    expect(Number(second)).toBe(Number(first) + 3600);
    expect(await listDeliveries(here, webhook)).toMatchObject([
      { attempts: 2, last_error: null, next_try: null, delivered_at: expect.any(String) },
    ]);
  });

  test('that is down for three days is given up, and told when it is repeated', async () => {
    const { here, receiver, webhook } = await startWatched();
    receiver.answer(500);
    await finish(here, FIRST);
    await here.mirror.webhooks.run();
    here.clock.advance(72 * HOUR);
    await here.mirror.webhooks.run();
    const [delivery] = await listDeliveries(here, webhook);
    expect(delivery).toMatchObject({ attempts: 2, next_try: null, delivered_at: null });
    receiver.answer(204);
    const path = `/api/webhooks/${webhook.id}/deliveries`;
    expect((await post(here, `${path}/${delivery?.id}/repeat`)).body).toMatchObject({ id: delivery?.id });
    await here.mirror.webhooks.run();
    expect(new Set(receiver.messages.map(({ id }) => id))).toEqual(new Set([delivery?.id]));
    expect(await listDeliveries(here, webhook)).toMatchObject([
      { attempts: 3, delivered_at: expect.any(String) },
    ]);
    expect((await post(here, `${path}/none/repeat`)).status).toBe(404);
  });

  test('that hangs does not hold up others', async () => {
    const { here, receiver, saved } = await startWatched();
    const other = await startReceiver();
    await here.restart({ imageAllowHosts: `${receiver.host},${other.host}` });
    await addWebhook(here, other, saved.id);
    here.clock.advance(1000);
    const hanging: (() => void)[] = [];
    receiver.answer((response) => void hanging.push(() => response.writeHead(204).end()));
    await finish(here, FIRST, SECOND);
    const done = here.mirror.webhooks.run();
    await expect.poll(() => other.messages).toHaveLength(2);
    await finish(here, THIRD);
    await expect.poll(() => other.messages).toHaveLength(3); // by its own poll
    expect(receiver.messages).toHaveLength(1); // one after another
    receiver.answer(204);
    for (const end of hanging) end();
    await done;
    await expect.poll(() => receiver.messages).toHaveLength(3);
  });

  test('that hangs does not hold up others, however many webhooks it has', async () => {
    const { here, receiver, saved } = await startWatched();
    const other = await startReceiver();
    await here.restart({ imageAllowHosts: `${receiver.host},${other.host}` });
    const { body: more } = await post<{ id: string }>(here, '/api/saved', {
      name: 'More cats',
      query: 'cat',
    });
    for (let at = 1; at < MAX_WEBHOOKS; at += 1) {
      await addWebhook(here, receiver, saved.id);
      await addWebhook(here, receiver, more.id);
    }
    const { body: dogs } = await post<{ id: string }>(here, '/api/saved', { name: 'Dogs', query: 'dog' });
    await addWebhook(here, other, dogs.id);
    here.clock.advance(1000);
    receiver.answer(500);
    await finish(here, FIRST);
    await here.mirror.webhooks.run();
    const hanging: (() => void)[] = [];
    receiver.answer((response) => void hanging.push(() => response.writeHead(204).end()));
    await finish(here, SECOND);
    const done = here.mirror.webhooks.run();
    await expect.poll(() => hanging.length).toBeGreaterThan(0);
    here.simulator.seed([createText(here, { id: THIRD, prompt: 'a dog' })]);
    await here.store.track([THIRD], here.clock.now());
    await here.mirror.runner.run({ trigger: 'api' });
    await expect.poll(() => listIds(other), { timeout: 5000 }).toEqual([THIRD]);
    receiver.answer(204);
    for (const end of hanging) end();
    await done;
  });

  test('that hangs at two of its addresses does not hold up the others', async () => {
    const { here, receiver, saved } = await startWatched();
    for (const address of ['&slow=1', '&slow=2'])
      await addWebhook(here, { ...receiver, url: `${receiver.url}${address}` }, saved.id);
    here.clock.advance(1000);
    const hanging: (() => void)[] = [];
    const answered: string[] = [];
    receiver.answer((response) => {
      const end = () => void response.writeHead(204).end();
      const path = response.req.url ?? '';
      if (path.includes('slow')) hanging.push(end);
      else end();
      answered.push(path);
    });
    await finish(here, FIRST, SECOND);
    const done = here.mirror.webhooks.run();
    await expect.poll(() => hanging).toHaveLength(2);
    await expect.poll(() => answered.filter((path) => !path.includes('slow'))).toHaveLength(2);
    receiver.answer(204);
    for (const end of hanging) end();
    await done;
  });

  test('that redirects is not followed', async () => {
    const { here, receiver, webhook } = await startWatched();
    const inside = await startReceiver();
    receiver.answer((response) => void response.writeHead(307, { location: inside.url }).end());
    await finish(here, FIRST);
    await here.mirror.webhooks.run();
    expect(inside.messages).toEqual([]);
    expect(await listDeliveries(here, webhook)).toMatchObject([{ last_error: 'its host answered 307' }]);
  });

  test('in the network of the mirror is told nothing, unless the settings allow its host', async () => {
    const { here, receiver, webhook } = await startWatched({ imageAllowHosts: '' });
    await finish(here, FIRST);
    await here.mirror.webhooks.run();
    expect(receiver.messages).toEqual([]);
    expect(await listDeliveries(here, webhook)).toMatchObject([
      { last_error: 'refused: its link leads to a private address' },
    ]);
  });
});

describe('what was planned', () => {
  test('is not lost when the mirror stops between storing and planning', async () => {
    const { here, receiver } = await startWatched();
    await finish(here, FIRST);
    await here.restart();
    await here.mirror.webhooks.run();
    expect(listIds(receiver)).toEqual([FIRST]);
  });

  test('is kept for 30 days', async () => {
    const { here, webhook } = await startWatched();
    await finish(here, FIRST);
    await here.mirror.webhooks.run();
    here.clock.advance(29 * 24 * HOUR);
    await here.restart();
    expect(await listDeliveries(here, webhook)).toHaveLength(1);
    here.clock.advance(2 * 24 * HOUR);
    await here.restart();
    await expect.poll(() => listDeliveries(here, webhook)).toEqual([]);
  });

  test('goes with the webhook, and that with its saved search', async () => {
    const { here, receiver, saved, webhook } = await startWatched();
    receiver.answer(500);
    await finish(here, FIRST);
    await here.mirror.webhooks.run();
    await here.request(`/api/saved/${saved.id}`, { method: 'DELETE' });
    expect((await here.get(`/api/webhooks/${webhook.id}`)).status).toBe(404);
    here.clock.advance(HOUR);
    await here.mirror.webhooks.run();
    await finish(here, SECOND);
    await here.mirror.webhooks.run();
    expect(receiver.messages).toHaveLength(1);
    expect(await here.store.finishedTasks(1)).toEqual([]);
  });
});

describe('/api/webhooks', () => {
  test('adds, changes, tests and removes', async () => {
    const { here, receiver, saved, webhook } = await startWatched();
    const path = `/api/webhooks/${webhook.id}`;
    expect(await (await here.get('/api/webhooks')).json()).toEqual({ items: [webhook] });
    expect(webhook).toMatchObject({
      url: receiver.url,
      saved_search: { id: saved.id, name: 'Cats' },
      secret: expect.stringMatching(/^whsec_/),
    });
    expect((await post(here, `${path}/test`)).body).toMatchObject({ type: 'test', task_ids: [] });
    await expect.poll(() => receiver.messages.map(({ value }) => value.type)).toEqual(['test']);
    const other = await startReceiver();
    const patch = (etag: string) =>
      here.request(path, {
        method: 'PATCH',
        headers: { 'if-match': etag },
        body: JSON.stringify({ url: other.url }),
      });
    expect((await patch('"1"')).status).toBe(200);
    expect((await patch('"1"')).status).toBe(412);
    expect(await (await here.get(path)).json()).toMatchObject({ url: other.url, secret: webhook.secret });
    expect((await here.request(path, { method: 'DELETE' })).status).toBe(200);
    for (const each of [path, `${path}/deliveries`]) expect((await here.get(each)).status).toBe(404);
  });

  test('sends so many messages an hour that say nothing, and pages through them', async () => {
    const { here, webhook } = await startWatched();
    const path = `/api/webhooks/${webhook.id}`;
    for (let at = 0; at < MAX_TEST_MESSAGES; at += 1)
      expect((await post(here, `${path}/test`)).status).toBe(200);
    here.clock.advance(60_000);
    const refused = await here.request(`${path}/test`, { method: 'POST', body: '{}' });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '3540']);
    expect(await refused.json()).toMatchObject({ error: { code: 'too_many_requests' } });
    const found: unknown[] = [];
    const sizes: number[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const answer = await here.get(`${path}/deliveries?limit=20&cursor=${cursor}`);
      const page = (await answer.json()) as { items: { id: string }[]; next_cursor: string | null };
      found.push(...page.items.map(({ id }) => id));
      sizes.push(page.items.length);
      cursor = page.next_cursor;
    }
    expect([sizes, new Set(found).size]).toEqual([[20, 10], MAX_TEST_MESSAGES]);
    expect((await here.get(`${path}/deliveries?cursor=x`)).status).toBe(400);
  });

  test.each<[string, unknown, number]>([
    ['no address', { health: true }, 400],
    ['no URL', { url: 'example.com', health: true }, 400],
    ['a line feed', { url: 'https://example.com/\n', health: true }, 400],
    ['a reversed address', { url: 'https://example.com/\u202egnp.exe', health: true }, 400],
    ['another scheme', { url: 'file:///etc/passwd', health: true }, 400],
    ['a password', { url: 'https://a:b@example.com/', health: true }, 400],
    ['a long address', { url: `https://example.com/${'x'.repeat(2000)}`, health: true }, 400],
    ['nothing to tell of', { url: 'https://example.com/' }, 400],
    ['both', { url: 'https://example.com/', health: true, saved_search: FIRST }, 400],
    ['an unknown search', { url: 'https://example.com/', saved_search: FIRST }, 404],
    ['an unknown member', { url: 'https://example.com/', health: true, secret: 'x' }, 400],
  ])('refuses %s', async (_what, body, status) => {
    const here = await startTestMirror();
    expect((await post(here, '/api/webhooks', body)).status).toBe(status);
    expect(await here.store.webhooks()).toEqual([]);
  });

  test('shows a read-only token neither secrets nor paths, and lets it change nothing', async () => {
    const { here, receiver, webhook } = await startWatched();
    const reader = await addToken(here, { isReadOnly: true });
    const shown = await (await here.get('/api/webhooks', reader)).text();
    expect(JSON.parse(shown)).toMatchObject({ items: [{ url: `http://${receiver.host}`, secret: null }] });
    expect(shown).not.toContain('hook?x=1');
    const path = `/api/webhooks/${webhook.id}`;
    expect((await here.get(`${path}/deliveries`, reader)).status).toBe(200);
    for (const each of ['', '/test', '/deliveries/x/repeat'])
      expect((await post(here, `${path}${each}`, {}, reader)).status).toBe(403);
    for (const method of ['PATCH', 'DELETE'])
      expect((await here.request(path, { method, headers: reader, body: '{}' })).status).toBe(403);
  });

  test('has a limit for each saved search', async () => {
    const { here, receiver, saved } = await startWatched();
    for (let at = 1; at < MAX_WEBHOOKS; at += 1) await addWebhook(here, receiver, saved.id);
    const wanted = { url: receiver.url, saved_search: saved.id };
    expect((await post(here, '/api/webhooks', wanted)).status).toBe(409);
    expect((await post(here, '/api/webhooks', { url: receiver.url, health: true })).status).toBe(201);
  });
});

test('documents that nobody waits for are not queued while there is no webhook', async () => {
  const here = await startTestMirror();
  await finish(here, FIRST);
  expect(await here.store.finishedTasks(1)).toEqual([]);
  await here.store.storeDocuments({
    documents: [document()],
    requestSeq: 9,
    fetchedAtMs: 1,
    announces: 'all',
  });
  expect(await here.store.finishedTasks(1)).toEqual([]);
});
