import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { SettingName } from '../../src/config/setting-table.ts';
import type { TaskId } from '../../src/task/id.ts';
import { startTestMirror, UPSTREAM_TOKEN } from '../helpers/test-mirror.ts';

const GENERATE = { action: 'generate', prompt: 'a zebra that calls back' };

/** Somebody who wants to be called. */
async function listener() {
  const calls: { body: string; type: string | undefined }[] = [];
  const state = { status: 200 };
  const server = createServer(async (request, response) => {
    calls.push({ body: await text(request), type: request.headers['content-type'] });
    response.writeHead(state.status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { calls, state, host, url: `http://${host}/done?x=1` };
}

/** A mirror that knows its own public address. */
async function withCallbacks(
  settings: Partial<Record<SettingName, string>> = {},
  headers: Record<string, string> = {},
) {
  const here = await startTestMirror(settings);
  const { port } = new URL(here.mirror.url);
  await here.restart({ ...settings, port, callbackUrl: `http://localhost:${port}` });
  const generate = async (body: unknown) =>
    (
      await here.request('/flux/images', { method: 'POST', headers, body: JSON.stringify(body) })
    ).json() as Promise<{
      task_id: TaskId;
    }>;
  const sentCallback = () =>
    (JSON.parse(here.simulator.requests.at(-1)?.body ?? '{}') as { callback_url?: string }).callback_url;
  const finish = async () => {
    here.clock.advance(10_000);
    await here.simulator.deliverCallbacks();
  };
  return { here, generate, sentCallback, finish };
}

test('without a public address, requests are unchanged, and callbacks are rejected', async () => {
  const here = await startTestMirror({ tokens: 'mirror-secret' });
  expect((await here.request('/callbacks/x', { method: 'POST', body: '{}' })).status).toBe(401);
  await here.restart({ tokens: '' });
  const body = JSON.stringify({ ...GENERATE, callback_url: 'http://client.example/done' });
  await here.request('/flux/images', { method: 'POST', body });
  expect(here.simulator.requests[0]?.body).toBe(body);
});

test('without a token of the mirror for the upstream, the upstream calls the caller directly', async () => {
  const client = await listener();
  const { here } = await withCallbacks({ imageAllowHosts: client.host });
  const { port } = new URL(here.mirror.url);
  await here.restart({ port, callbackUrl: here.mirror.url, upstreamToken: '', imageAllowHosts: client.host });
  const headers = { authorization: `Bearer ${UPSTREAM_TOKEN}` };
  for (const path of ['/flux/images', '/flux/videos']) {
    const body = JSON.stringify({ ...GENERATE, callback_url: client.url });
    expect((await here.request(path, { method: 'POST', headers, body })).status).toBe(200);
    expect(here.simulator.requests.at(-1)?.body).toBe(body);
  }
  expect(await here.store.callbackStats()).toMatchObject({ waiting: 0 });
  here.clock.advance(10_000);
  await here.simulator.deliverCallbacks();
  expect(client.calls).toHaveLength(2);
});

describe('with a public address', () => {
  test('the mirror is called, fetches the finished document at once, and forwards the same bytes', async () => {
    const client = await listener();
    const { here, generate, sentCallback, finish } = await withCallbacks({ imageAllowHosts: client.host });
    const { task_id: id } = await generate({ ...GENERATE, callback_url: client.url });
    expect(sentCallback()).toMatch(/^http:\/\/localhost:\d+\/callbacks\/[\w-]{32}$/);
    expect(client.calls).toEqual([]);

    await finish();
    await expect.poll(() => client.calls).toHaveLength(1);
    const result = JSON.parse(here.simulator.documentText(id) ?? '') as { response: unknown };
    expect(client.calls[0]).toEqual({ body: JSON.stringify(result.response), type: 'application/json' });
    await expect.poll(async () => (await here.store.get(id))?.state).toBe('succeeded');
    await expect.poll(async () => (await here.store.callbackStats()).delivered).toBe(1);
  });

  test('an async request gets a callback too, a synchronous one does not', async () => {
    const { here, generate, sentCallback, finish } = await withCallbacks();
    const { task_id: id } = await generate({ ...GENERATE, async: true });
    expect(sentCallback()).toMatch(/\/callbacks\//);
    await finish();
    await expect.poll(async () => (await here.store.get(id))?.state).toBe('succeeded');
    expect(await here.store.callbackStats()).toMatchObject({ waiting: 0, undelivered: 0, delivered: 0 });

    const waiting = generate(GENERATE);
    await expect.poll(() => here.simulator.requests.at(-1)?.body).toBe(JSON.stringify(GENERATE));
    here.clock.advance(10_000);
    await waiting;
  });

  test('only the callback_url is changed, every other byte stays', async () => {
    const { here } = await withCallbacks();
    const body = '{ "prompt" : "a z\\u0065bra",\n  "callback_url": "http://c.example/", "seed": 1.0 }';
    await here.request('/flux/images', { method: 'POST', body });
    const sent = here.simulator.requests.at(-1)?.body ?? '';
    expect(sent.replace(/http:\/\/localhost[^"]*/, 'http://c.example/')).toBe(body);
  });

  test('retries while the caller does not accept it, and records the attempts', async () => {
    const client = await listener();
    client.state.status = 500;
    const { here, generate, finish } = await withCallbacks({ imageAllowHosts: client.host });
    await generate({ ...GENERATE, callback_url: client.url });
    await finish();
    await expect.poll(async () => (await here.store.callbackStats()).lastError).toBe('its host answered 500');
    expect(await here.store.callbackStats()).toMatchObject({ undelivered: 1, delivered: 0 });
    client.state.status = 204;
    await here.restart();
    here.clock.advance(60_000);
    await here.mirror.callbackDelivery.run();
    expect(await here.store.callbackStats()).toMatchObject({
      undelivered: 0,
      delivered: 1,
      lastError: undefined,
    });
    expect(new Set(client.calls.map(({ body }) => body)).size).toBe(1);
  });

  test('gives up after a day, and reports it', async () => {
    const client = await listener();
    client.state.status = 500;
    const { here, generate, finish } = await withCallbacks({ imageAllowHosts: client.host });
    await generate({ ...GENERATE, callback_url: client.url });
    await finish();
    await expect.poll(async () => (await here.store.callbackStats()).lastError).toBeDefined();
    here.clock.advance(25 * 3_600_000);
    await here.mirror.callbackDelivery.run();
    expect(await here.store.callbackStats()).toMatchObject({ undelivered: 0, givenUp: 1 });
  });

  test('forwards nothing of a task that was forgotten, and does not fetch it again', async () => {
    const client = await listener();
    client.state.status = 500;
    const { here, generate, finish } = await withCallbacks({ imageAllowHosts: client.host });
    const { task_id: id } = await generate({ ...GENERATE, callback_url: client.url });
    await finish();
    await expect.poll(async () => (await here.store.callbackStats()).lastError).toBe('its host answered 500');
    await here.store.remove(id);
    client.state.status = 204;
    here.clock.advance(3_600_000);
    await here.mirror.callbackDelivery.run();
    expect(client.calls).toHaveLength(1);
    expect(await here.store.get(id)).toBeUndefined();
    expect(await here.store.callbackStats()).toMatchObject({
      ...{ undelivered: 0, givenUp: 1, lastError: 'its task was forgotten' },
    });
  });

  test('never calls a private address for a caller', async () => {
    const client = await listener();
    const { here, generate, finish } = await withCallbacks();
    await generate({ ...GENERATE, callback_url: client.url });
    await finish();
    await expect
      .poll(async () => (await here.store.callbackStats()).lastError)
      .toBe('refused: its link leads to a private address');
    expect(client.calls).toEqual([]);
  });

  test('forwards only the upstream’s result, even if someone else calls the address in the document', async () => {
    const client = await listener();
    const { here, generate, finish } = await withCallbacks({ imageAllowHosts: client.host });
    const { task_id: id } = await generate({ ...GENERATE, callback_url: client.url });
    const document = await (await here.post({ action: 'retrieve', id })).json();
    const { pathname } = new URL((document as { request: { callback_url: string } }).request.callback_url);
    const forged = { success: true, task_id: id, data: [{ image_url: 'https://evil.example/1.png' }] };
    expect((await here.request(pathname, { method: 'POST', body: JSON.stringify(forged) })).status).toBe(200);
    await expect
      .poll(async () => (await here.store.callbackStats()).lastError)
      .toBe('its task is not finished yet');
    expect(client.calls).toEqual([]);

    await finish();
    await here.mirror.callbackDelivery.run();
    const result = JSON.parse(here.simulator.documentText(id) ?? '') as { response: unknown };
    expect(client.calls.map(({ body }) => JSON.parse(body))).toEqual([result.response]);
  });

  test('forwards the document’s own result when the posted one could be read in two ways', async () => {
    const client = await listener();
    const { here, generate } = await withCallbacks({ imageAllowHosts: client.host });
    const { task_id: id } = await generate({ ...GENERATE, callback_url: client.url });
    const document = await (await here.post({ action: 'retrieve', id })).json();
    const { pathname } = new URL((document as { request: { callback_url: string } }).request.callback_url);
    here.clock.advance(10_000);
    const result = JSON.stringify(
      (JSON.parse(here.simulator.documentText(id) ?? '') as { response: unknown }).response,
    );
    const forged = `{"data":[{"image_url":"https://evil.example/1.png"}],${result.slice(1)}`;
    await here.request(pathname, { method: 'POST', body: forged });
    await expect.poll(() => client.calls.length).toBe(1);
    expect(client.calls[0]?.body).toBe(result);
  });

  test('requires the key and no token; a second call changes nothing', async () => {
    const authorization = { authorization: 'Bearer mirror-secret' };
    const { here, generate, sentCallback } = await withCallbacks({ tokens: 'mirror-secret' }, authorization);
    const call = (path: string) => here.request(path, { method: 'POST', body: '{"success":true}' });
    expect((await call(`/callbacks/${'x'.repeat(32)}`)).status).toBe(404);
    await generate({ ...GENERATE, async: true });
    const { pathname } = new URL(sentCallback() ?? '');
    expect((await here.store.callbackStats()).waiting).toBe(1);
    expect([(await call(pathname)).status, (await call(pathname)).status]).toEqual([200, 200]);
    expect((await here.store.callbackStats()).waiting).toBe(0);
    expect((await call('/api/sync')).status).toBe(401);
  });
});
