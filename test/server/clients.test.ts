/**
 * What the vendor's own clients send, straight to a simulated upstream and through the mirror: the same outcome, and after the upstream
 * has stopped still the same for everything that is stored.
 */
import { describe, expect, onTestFinished, test } from 'vitest';
import { VENDOR_DOCUMENTS, VENDOR_IDS } from '../../src/simulator/samples.ts';
import { type SimulatorOptions, startSimulator } from '../../src/simulator/simulator.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { startTestMirror, UPSTREAM_TOKEN } from '../helpers/test-mirror.ts';

interface Step {
  readonly path?: '/flux/tasks' | '/flux/images' | '/flux/videos' | '//flux/tasks' | '/flux/tasks/';
  /** A function gets the id that the last generation was given. */
  readonly body: unknown | ((id: string) => unknown);
  readonly headers?: Record<string, string>;
  /** Time that passes before. */
  readonly afterMs?: number;
  /** What it reads is stored by then, so it is answered without the upstream too. */
  readonly isStored?: boolean;
  readonly status?: number;
}

interface Client {
  readonly name: string;
  readonly headers: Record<string, string>;
  readonly simulator?: SimulatorOptions;
  readonly steps: readonly Step[];
}

const TOKEN = { authorization: `Bearer ${UPSTREAM_TOKEN}` };
const WRONG_TOKEN = { authorization: 'Bearer wrong' };
const USER = 'ad7afe47-cea9-4cda-980f-2ad8810e51cf';
const UNKNOWN = '00000000-0000-4000-8000-00000000dead';
const MINUTE = 60_000;
const image = { action: 'generate', model: 'flux-dev', size: '512x512', prompt: 'a hippo in the sun' };
const video = { model: 'flux-3', mode: 't2v', prompt: 'a hippo in the sun', duration: 5, async: true };
const retrieve = (id: string) => ({ action: 'retrieve', id });
const history = {
  action: 'retrieve_batch',
  user_id: USER,
  application_id: [],
  type: 'images',
  limit: 5,
  offset: 0,
};

const CLIENTS: readonly Client[] = [
  {
    name: 'the command line client',
    headers: { ...TOKEN, 'user-agent': 'flux-pro-cli/1.0' },
    steps: [
      { path: '/flux/images', body: { ...image, async: true } },
      { body: retrieve },
      { body: retrieve, afterMs: MINUTE, isStored: true },
      { body: retrieve(VENDOR_IDS[0]), isStored: true },
      { body: { action: 'retrieve_batch', ids: [...VENDOR_IDS].reverse() }, isStored: true },
      { body: retrieve(UNKNOWN), status: 404 },
    ],
  },
  {
    name: 'the guides: a poll with nothing but the id',
    headers: TOKEN,
    steps: [
      { path: '/flux/images', body: { ...image, async: true } },
      { body: (id: string) => ({ id }), afterMs: MINUTE, isStored: true },
      { body: (id: string) => ({ id, action: null }), isStored: true },
      { body: {}, status: 400 },
    ],
  },
  {
    name: 'the MCP server',
    headers: { ...TOKEN, 'user-agent': 'python-httpx/0.28.1', accept: 'application/json' },
    steps: [
      { path: '/flux/images', body: { ...image, callback_url: 'https://api.acedata.cloud/health' } },
      { body: retrieve, afterMs: MINUTE, isStored: true },
      { body: (id: string) => ({ action: 'retrieve_batch', ids: [id] }), isStored: true },
      { path: '/flux/videos', body: video },
      { body: retrieve },
      { body: retrieve, afterMs: MINUTE, isStored: true },
    ],
  },
  {
    name: 'an SDK that joins the base URL and the path by hand',
    headers: { ...TOKEN, 'user-agent': 'Go-http-client/1.1' },
    steps: [
      { path: '/flux/images', body: image },
      { path: '//flux/tasks', body: retrieve(VENDOR_IDS[0]), isStored: true },
      { path: '/flux/tasks/', body: retrieve(VENDOR_IDS[1]), isStored: true },
      { body: { action: 'explode' }, status: 400 },
    ],
  },
  {
    name: 'the web app',
    headers: { ...TOKEN, 'x-record-exempt': 'true' },
    steps: [
      { body: history, isStored: true },
      { body: { ...history, created_at_min: 1_736_304_900 }, isStored: true },
      { body: { ...history, type: 'videos' }, status: 200 },
      { path: '/flux/videos', body: video },
      { body: retrieve, afterMs: MINUTE, isStored: true },
      { body: { ...history, type: 'videos' }, isStored: true },
      { body: { ...history, limit: 1, offset: 1 }, isStored: true },
      { path: '/flux/images', body: { ...image, async: true } },
      { body: (id: string) => ({ action: 'delete', id, user_id: USER }) },
      { body: retrieve, status: 404 },
    ],
  },
  {
    name: 'the n8n node',
    headers: TOKEN,
    steps: [
      { body: { action: 'retrieve_batch', ids: [] }, isStored: true },
      { body: { action: 'retrieve_batch', ids: [...VENDOR_IDS, UNKNOWN] } },
      { body: retrieve(VENDOR_IDS[1]), isStored: true },
      { body: { action: 'retrieve_batch', ids: [] }, headers: WRONG_TOKEN, status: 401 },
      { body: retrieve(UNKNOWN), headers: WRONG_TOKEN, status: 401 },
      { path: '/flux/images', body: image, headers: WRONG_TOKEN, status: 401 },
    ],
  },
  {
    name: 'a wallet that pays by call',
    headers: {},
    // What is finished and stored costs nothing through the mirror.
    simulator: { takesPayments: true, taskDurationMs: 30_000 },
    steps: [
      { path: '/flux/images', body: { ...image, async: true }, status: 402 },
      { path: '/flux/images', body: { ...image, async: true }, headers: { 'payment-signature': 'paid-1' } },
      { path: '/flux/videos', body: video, status: 402 },
      { path: '/flux/videos', body: video, headers: { 'x-payment': 'paid-2' } },
      { body: retrieve, status: 402 },
      { body: retrieve, headers: { 'payment-signature': 'paid-3' } },
      { body: retrieve, afterMs: MINUTE, status: 402 },
      { body: retrieve, headers: { 'payment-signature': 'paid-4' } },
      { body: { action: 'retrieve_batch', ids: VENDOR_IDS }, status: 402 },
      { body: { action: 'retrieve_batch', ids: VENDOR_IDS }, headers: { 'x-payment': 'paid-5' } },
      { body: history, status: 402 },
      { body: history, headers: { 'payment-signature': 'paid-6' } },
      { body: (id: string) => ({ action: 'delete', id }), status: 402 },
      { body: (id: string) => ({ action: 'delete', id }), headers: { 'payment-signature': 'paid-7' } },
    ],
  },
];

/** What a client sees; trace ids and the links of a simulator are its own. */
async function readOutcome(response: Response, simulatorUrl: string) {
  const text = (await response.text())
    .replaceAll(simulatorUrl, 'http://simulator')
    .replaceAll(/"trace_id":"[^"]*"/g, '"trace_id":""')
    // What is wrong with a request the mirror says in its own words.
    .replace(/("code":"bad_request","message":)"[^}]*"/, '$1""');
  const headers = ['payment-required', 'payment-response', 'x-payment-response'];
  return {
    status: response.status,
    type: response.headers.get('content-type')?.replace(/;.*/, ''),
    payment: headers.map((name) => response.headers.get(name)),
    body: JSON.parse(text) as { task_id?: string; success?: boolean },
  };
}

interface Server {
  readonly url: string;
  /** Of the simulator that made the links. */
  readonly simulatorUrl: string;
}

async function send({ path = '/flux/tasks', headers }: Step, body: unknown, client: Client, server: Server) {
  const response = await fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...client.headers, ...headers },
    body: JSON.stringify(body),
  });
  return readOutcome(response, server.simulatorUrl);
}

/** Sends the steps, one after the other. */
async function run(client: Client, server: Server, clock: ManualClock) {
  const outcomes = [];
  /** What is stored by the end, to be asked for again. */
  const stored: { step: Step; body: unknown }[] = [];
  let id = '';
  for (const step of client.steps) {
    // A poll follows the one before by more than the pending TTL.
    clock.advance(4000 + (step.afterMs ?? 0));
    const body = typeof step.body === 'function' ? (step.body as (id: string) => unknown)(id) : step.body;
    if (step.isStored) stored.push({ step, body });
    const outcome = await send(step, body, client, server);
    id = outcome.body.task_id ?? id;
    outcomes.push(outcome);
  }
  return { outcomes, stored };
}

describe.each(CLIENTS)('$name', (client) => {
  test('sees the same through the mirror, online and unplugged', async () => {
    // The same chance makes the same ids in both, at the same times. The mirror gives a batch in the order asked.
    const clock = new ManualClock();
    const options = { taskDurationMs: 0, ...client.simulator } as const;
    const upstream = await startSimulator({
      token: UPSTREAM_TOKEN,
      now: () => clock.now(),
      itemOrder: 'asked',
      ...options,
    });
    onTestFinished(() => upstream.stop());
    const here = await startTestMirror({ upstreamToken: '' }, options);
    upstream.seed(VENDOR_DOCUMENTS);
    here.simulator.seed(VENDOR_DOCUMENTS);
    const direct = { url: upstream.url, simulatorUrl: upstream.url };
    const mirrored = { url: here.mirror.url, simulatorUrl: here.simulator.url };

    const expected = await run(client, direct, clock);
    const actual = await run(client, mirrored, here.clock);
    expect(actual.outcomes).toEqual(expected.outcomes);
    expect(actual.outcomes.map(({ status }) => status)).toEqual(
      client.steps.map(({ status = 200 }) => status),
    );

    await here.simulator.stop();
    for (const [at, { step, body }] of actual.stored.entries()) {
      const unplugged = await send(step, body, client, mirrored);
      expect(unplugged).toEqual(await send(step, expected.stored[at]?.body, client, direct));
    }
  });
});
