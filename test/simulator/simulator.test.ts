import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileTypeFromBuffer } from 'file-type';
import sharp from 'sharp';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { VENDOR_DOCUMENTS, VENDOR_IDS } from '../../src/simulator/samples.ts';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

let clock: ManualClock;
let simulator: Simulator;

beforeEach(async () => {
  clock = new ManualClock();
  simulator = await startSimulator({ token: 't', now: () => clock.now(), taskDurationMs: 1000 });
  onTestFinished(() => simulator.stop());
});

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(simulator.url + path, {
    method: 'POST',
    headers: { authorization: 'Bearer t', 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
const tasks = async (body: unknown) =>
  (await post('/flux/tasks', body)).json() as Promise<Record<string, never>>;

describe('the simulated upstream', () => {
  test('serves seeded documents byte for byte, in an order of its own', async () => {
    simulator.seed(VENDOR_DOCUMENTS);
    expect(await (await post('/flux/tasks', { action: 'retrieve', id: VENDOR_IDS[0] })).text()).toBe(
      VENDOR_DOCUMENTS[0],
    );
    const batch = await post('/flux/tasks', { action: 'retrieve_batch', ids: [...VENDOR_IDS, 'unknown'] });
    expect(await batch.text()).toBe(`{"items":[${VENDOR_DOCUMENTS[1]},${VENDOR_DOCUMENTS[0]}],"count":2}`);
  });

  test('a task is pending until it is done, then never changes', async () => {
    const id = simulator.addTask({ prompt: 'a cat', durationMs: 5000 });
    expect(await tasks({ action: 'retrieve', id })).not.toHaveProperty('response');
    clock.advance(5000);
    const done = await tasks({ action: 'retrieve', id });
    expect(done).toMatchObject({ id, response: { success: true, data: [{ prompt: 'a cat' }] } });
    clock.advance(1e9);
    expect(await tasks({ action: 'retrieve', id })).toEqual(done);
    const failing = simulator.addTask({
      prompt: 'x',
      durationMs: 0,
      fails: { code: 'bad_request', message: 'no' },
    });
    expect(await tasks({ action: 'retrieve', id: failing })).toMatchObject({
      response: { success: false, error: { code: 'bad_request' } },
    });
  });

  test('answers HEAD for its files', async () => {
    const id = simulator.addTask({ prompt: 'a cat', durationMs: 0 });
    const { status, headers } = await fetch(simulator.findImageUrl(id) ?? '', { method: 'HEAD' });
    expect([status, headers.get('content-type')]).toEqual([200, 'image/png']);
    expect((await fetch(`${simulator.url}/images/`, { method: 'HEAD' })).status).toBe(404);
  });

  test('retrieves by an id alone, and checks a token by an empty batch', async () => {
    simulator.seed(VENDOR_DOCUMENTS);
    expect(await tasks({ id: VENDOR_IDS[0] })).toMatchObject({ id: VENDOR_IDS[0] });
    expect(await tasks({ action: 'retrieve_batch', ids: [] })).toEqual({ items: [], count: 0 });
    const wrong = { authorization: 'Bearer wrong' };
    expect((await post('/flux/tasks', { action: 'retrieve_batch', ids: [] }, wrong)).status).toBe(401);
  });

  test('says when a task has ended, and makes images in the size of the request', async () => {
    const id = simulator.addTask({ prompt: 'a cat', size: '16:9', durationMs: 5000 });
    expect(await tasks({ id })).not.toHaveProperty('finished_at');
    const startedAt = clock.now() / 1000;
    clock.advance(5000);
    const done = (await tasks({ id })) as unknown as { response: { data: { image_url: string }[] } };
    expect(done).toMatchObject({ started_at: startedAt, finished_at: startedAt + 5, elapsed: 5 });
    const image = await fetch(done.response.data[0]?.image_url ?? '');
    const { width, height } = await sharp(Buffer.from(await image.arrayBuffer())).metadata();
    expect([width, height]).toEqual([1360, 768]);
  });

  test('makes videos', async () => {
    const { task_id: id } = (await (
      await post('/flux/videos', { mode: 't2v', prompt: 'a cat', async: true })
    ).json()) as { task_id: string };
    clock.advance(5000);
    const done = (await tasks({ id })) as unknown as { response: { data: { video_url: string }[] } };
    expect(done).toMatchObject({
      request: { model: 'flux-3', mode: 't2v' },
      response: { success: true, data: [{ width: 1280, height: 704, fps: 24 }] },
    });
    const video = await fetch(done.response.data[0]?.video_url ?? '');
    expect(await fileTypeFromBuffer(Buffer.from(await video.arrayBuffer()))).toMatchObject({
      mime: 'video/mp4',
    });
  });

  test('takes payments in place of a token', async () => {
    const wallet = await startSimulator({ takesPayments: true });
    onTestFinished(() => wallet.stop());
    const send = (headers: Record<string, string>) =>
      fetch(`${wallet.url}/flux/images`, {
        method: 'POST',
        headers,
        body: '{"prompt":"a cat","async":true}',
      });
    const price = await send({});
    expect([price.status, price.headers.get('payment-required')]).toEqual([402, expect.any(String)]);
    const paid = await send({ 'payment-signature': 'signed' });
    expect([paid.status, paid.headers.get('payment-response')]).toEqual([200, expect.any(String)]);
  });

  test('rejects what the upstream rejects', async () => {
    expect((await post('/flux/tasks', {}, { authorization: '' })).status).toBe(401);
    expect((await post('/flux/tasks', {}, { authorization: 'Bearer wrong' })).status).toBe(401);
    expect((await post('/flux/tasks', { action: 'x' })).status).toBe(400);
    expect((await post('/flux/tasks', { action: 'retrieve', id: 'x' })).status).toBe(404);
    expect((await post('/flux/tasks', { action: 'retrieve_batch', ids: Array(51).fill('x') })).status).toBe(
      400,
    );
    expect((await post('/flux/images', { action: 'generate' })).status).toBe(400);
    expect((await post('/other', {})).status).toBe(404);
  });

  test('lists the history newest first, and deletes', async () => {
    const ids = [1, 2, 3].map((at) =>
      simulator.addTask({ prompt: `cat ${at}`, createdAtMs: clock.now() + at * 1000 }),
    );
    const { items, count } = (await tasks({ action: 'retrieve_batch', limit: 2 })) as unknown as {
      items: { id: string }[];
      count: number;
    };
    expect([items.map(({ id }) => id), count]).toEqual([[ids[2], ids[1]], 3]);
    expect(await tasks({ action: 'delete', id: ids[0] })).toEqual({ id: ids[0], deleted: true });
    expect(await tasks({ action: 'delete', id: ids[0] })).toEqual({ id: ids[0], deleted: false });
  });

  test('generates synchronously, asynchronously, line by line, and by callback; its images can be fetched', async () => {
    const generate = { action: 'generate', prompt: 'a red cat', size: '1024x1024' };
    const slow = post('/flux/images', generate);
    const lines = post('/flux/images', generate, { accept: 'application/x-ndjson' });
    const { task_id: later } = (await (await post('/flux/images', { ...generate, async: true })).json()) as {
      task_id: string;
    };
    expect(await tasks({ action: 'retrieve', id: later })).not.toHaveProperty('response');

    const received: string[] = [];
    const listener = createServer(async (request, response) => {
      received.push(await text(request));
      response.end();
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void listener.close());
    await once(listener, 'listening');
    const callback_url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/`;
    await post('/flux/images', { ...generate, callback_url });
    await simulator.deliverCallbacks();
    expect(received).toEqual([]);

    const countGenerations = () => simulator.requests.filter(({ path }) => path === '/flux/images').length;
    await expect.poll(countGenerations).toBe(4);
    clock.advance(1000);
    const answer = (await (await slow).json()) as { data: { image_url: string }[] };
    const stream = (await (await lines).text()).trim().split('\n');
    expect(JSON.parse(stream[1] ?? '')).toHaveProperty('task_id');
    expect(JSON.parse(stream.at(-1) ?? '')).toMatchObject({ success: true });
    await simulator.deliverCallbacks();
    expect(JSON.parse(received[0] ?? '')).toMatchObject({ success: true, data: [{ prompt: 'a red cat' }] });

    const image = await fetch(answer.data[0]?.image_url ?? '');
    expect(image.headers.get('content-type')).toBe('image/png');
    expect(
      Buffer.from(await image.arrayBuffer())
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG');
  });
});
