/** What comes in from either side, at its strangest. */
import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Fault } from '../../src/simulator/faults.ts';
import { VENDOR_DOCUMENTS, VENDOR_IDS } from '../../src/simulator/samples.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { startCli, watch } from '../helpers/cli.ts';
import { documentText, numberedIds } from '../helpers/documents.ts';
import { showFigure } from '../helpers/figure.ts';
import { requireOnMachine } from '../helpers/requirements.ts';
import { startTestMirror } from '../helpers/test-mirror.ts';

const [ID, OTHER] = numberedIds(2);

describe('an upstream document', () => {
  test('with a prompt of 100,000 characters is stored, and found by its last word', async (context) => {
    const here = await startTestMirror();
    const prompt = `${'lorem ipsum '.repeat(8300)}lighthouse`;
    here.simulator.seed([documentText({ id: ID, prompt })]);
    await here.get('/api/search?q=lighthouse'); // the thread that searches is there
    const started = performance.now();
    expect((await here.post({ action: 'retrieve', id: ID })).headers.get('cache-status')).toContain('stored');
    const storedAt = performance.now();
    const { items } = (await (await here.get('/api/search?q=lighthouse')).json()) as {
      items: { id: string; highlights: [number, number][] }[];
    };
    const foundAt = performance.now();
    expect(items).toMatchObject([{ id: ID }]);
    expect(JSON.stringify(items[0]?.highlights)).toContain(String(prompt.length - 'lighthouse'.length));
    expect(foundAt - started).toBeLessThan(5000);
    const ms = [storedAt - started, foundAt - storedAt].map((time) => time.toFixed(0));
    showFigure(context, `${ms[0]} ms to store, ${ms[1]} ms to find`);
  });

  test('with escapes of NUL and of lone surrogates is stored unchanged, and found by the rest', async (context) => {
    const here = await startTestMirror();
    const text = documentText({ id: ID, prompt: 'a\0cat \ud800 by the lighthouse\udfff' });
    expect(text).toContain('a\\u0000cat \\ud800');
    here.simulator.seed([text]);
    expect(await (await here.post({ action: 'retrieve', id: ID })).text()).toBe(text);
    const words = ['cat', 'lighthouse', 'lighthouse cat'];
    for (const word of words)
      expect(await (await here.get(`/api/search?q=${word}`)).json(), word).toMatchObject({
        items: [{ id: ID }],
      });
    expect(await (await here.get(`/api/tasks/${ID}`)).text()).toBe(text);
    showFigure(context, `0 bytes changed, found by ${words.length} of ${words.length} searches`);
  });

  test.for<[string, string]>([
    ['__proto__', '"__proto__":{"polluted":true}'],
    ['constructor', '"constructor":{"prototype":{"polluted":true}}'],
    ['a member twice', '"a":1,"a":{"polluted":true}'],
  ])('with %s keeps its bytes and pollutes nothing', async ([, member], context) => {
    const here = await startTestMirror();
    const text = documentText({ id: ID }).replace('{"id"', `{${member},"id"`);
    here.simulator.seed([text]);
    expect(await (await here.post({ action: 'retrieve', id: ID })).text()).toBe(text);
    expect(await (await here.get(`/api/tasks/${ID}`)).text()).toBe(text);
    const polluted = [{}, [], Object].filter((one) => 'polluted' in one).length;
    expect(polluted).toBe(0);
    showFigure(context, `${polluted} polluted`);
  });

  test.for<[string, Buffer]>([
    ['bad UTF-8', Buffer.concat([Buffer.from('{"id":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')])],
    ['a raw NUL', Buffer.from(documentText({ id: ID }).replace('siamese', 'sia\0mese'))],
  ])('with %s is rejected, and nothing is stored', async ([, body], context) => {
    const here = await startTestMirror();
    here.simulator.fault({ kind: 'body', body });
    expect((await here.post({ action: 'retrieve', id: ID })).status).toBe(502);
    const { total } = await here.store.stats(0);
    expect(total).toBe(0);
    showFigure(context, `${total} stored`);
  });

  test('after a byte order mark is read', async () => {
    const here = await startTestMirror();
    here.simulator.fault({ kind: 'body', body: `\ufeff${documentText({ id: ID })}` });
    expect((await here.post({ action: 'retrieve', id: ID })).status).toBe(200);
    expect(await here.store.get(ID)).toBeDefined();
  });
});

describe('a client', () => {
  test.for(['application/x-www-form-urlencoded', 'text/plain', ''])(
    'may send JSON as "%s", from a command line',
    async (type, context) => {
      const here = await startTestMirror();
      here.simulator.seed(VENDOR_DOCUMENTS);
      const headers: Record<string, string> = type === '' ? {} : { 'content-type': type };
      const body = Buffer.from(JSON.stringify({ action: 'retrieve', id: VENDOR_IDS[0] }));
      expect((await here.request('/flux/tasks', { method: 'POST', headers, body })).status).toBe(200);
      const foreign = { ...headers, origin: 'https://evil.example' };
      expect((await here.request('/flux/tasks', { method: 'POST', headers: foreign, body })).status).toBe(
        403,
      );
      showFigure(context, '0 drop-in clients broken');
    },
  );

  test('that disconnects does not abort the fetch for the others, nor for the store', async (context) => {
    const here = await startTestMirror();
    here.simulator.seed([documentText({ id: ID }), documentText({ id: OTHER })]);
    here.simulator.fault({ kind: 'delay', ms: 300 });
    const leave = new AbortController();
    const ask = (id: string, signal?: AbortSignal) =>
      here.request('/flux/tasks', {
        method: 'POST',
        body: JSON.stringify({ action: 'retrieve', id }),
        ...(signal ? { signal } : {}),
      });
    const leaving = [ask(ID, leave.signal), ask(OTHER, leave.signal)].map((asked) =>
      asked.catch(() => undefined),
    );
    const staying = ask(ID);
    await expect.poll(() => here.simulator.requests.length).toBe(2);
    leave.abort();
    await Promise.all(leaving);
    expect((await staying).status).toBe(200);
    await expect.poll(async () => (await here.store.getMany([ID, OTHER])).length).toBe(2);
    expect(here.simulator.requests).toHaveLength(2);
    // Nothing is left in flight: both are answered from the store.
    here.simulator.clearFaults();
    for (const id of [ID, OTHER])
      expect((await ask(id)).headers.get('cache-status')).toBe('flux-mirror; hit');
    showFigure(context, '2 of 3 disconnected: 0 fetches lost, 0 repeated');
  });

  test.each([
    ['a length and chunks', 'content-length: 5\r\ntransfer-encoding: chunked\r\n', '0\r\n\r\n'],
    ['a line break in a header', 'x-a: b\r\n\tc: d\0\r\n', ''],
    ['no Host', undefined, ''],
  ])('that sends %s is rejected', async (_, header, body) => {
    const here = await startTestMirror();
    const { hostname, port } = new URL(here.mirror.url);
    const socket = connect(Number(port), hostname);
    const host = header === undefined ? '' : `host: localhost\r\n${header}`;
    socket.end(`POST /flux/tasks HTTP/1.1\r\n${host}\r\n${body}`);
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    expect(text).toMatch(/^HTTP\/1\.1 40[03] /);
  });
});

const MIB = 1024 * 1024;

/** 400 MiB when decoded, 400 kB as it is: gzip members may follow one another. */
function bombOf(layers: number): Fault {
  let body: Buffer = Buffer.concat(Array(400).fill(gzipSync(Buffer.alloc(MIB, ' '))));
  for (let layer = 1; layer < layers; layer += 1) body = gzipSync(body);
  return { kind: 'body', body, headers: { 'content-encoding': Array(layers).fill('gzip').join(', ') } };
}

/** `VmHWM` is the most that a process had in memory, `VmRSS` what it has now; bytes. */
function memoryOf(pid: number | undefined, what: 'VmHWM' | 'VmRSS'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`^${what}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) * 1024;
}

/** A server as it is shipped, which has answered something before. */
async function warmServer() {
  const simulator = await startSimulator({ token: 't' });
  onTestFinished(() => simulator.stop());
  const child = startCli(['serve', '--port', '0', '--upstream', simulator.url], {
    env: { ACEDATACLOUD_API_TOKEN: 't', FLUX_MIRROR_SYNC_CRON: 'off' },
  });
  const [, url = ''] = await watch(child)(/listens on (\S+)/);
  const ask = async (body: string | Uint8Array<ArrayBuffer>) => {
    const answer = await fetch(`${url}/flux/tasks`, { method: 'POST', body });
    return { status: answer.status, text: await answer.text() };
  };
  simulator.seed([documentText({ id: OTHER })]);
  const isWell = async () => (await ask(JSON.stringify({ action: 'retrieve', id: OTHER }))).status === 200;
  expect(await isWell()).toBe(true);
  /** By how much the memory grew at the most, megabytes. */
  const growthOf = async (work: () => Promise<void>) => {
    writeFileSync(`/proc/${child.pid}/clear_refs`, '5'); // the most is from now on
    const before = memoryOf(child.pid, 'VmRSS');
    await work();
    return (memoryOf(child.pid, 'VmHWM') - before) / 1e6;
  };
  return { simulator, url, ask, isWell, growthOf };
}

describe('the memory of a server', () => {
  beforeEach((context) => {
    requireOnMachine(context, 'linux');
  });

  test('does not grow with upstream responses over the limit, plain or compressed', async (context) => {
    const { simulator, ask, isWell, growthOf } = await warmServer();
    const faults: Fault[] = [
      { kind: 'body', body: Buffer.alloc(200_000_000, ' ') },
      { kind: 'gzip-bomb', decodedBytes: 400 * MIB },
      bombOf(1),
      bombOf(2),
      bombOf(4),
    ];
    const growths: number[] = [];
    for (const fault of faults) {
      simulator.clearFaults();
      simulator.fault(fault);
      const retrieve = async () => {
        const { status, text } = await ask(JSON.stringify({ action: 'retrieve', id: ID }));
        expect([status, JSON.parse(text)]).toMatchObject([502, { error: { code: 'api_error' } }]);
      };
      growths.push(await growthOf(retrieve));
    }
    simulator.clearFaults();
    expect(await isWell()).toBe(true);
    const most = Math.max(...growths);
    expect(most).toBeLessThan(100);
    showFigure(context, `an answer took ${most.toFixed(0)} MB of memory at the most`);
  });

  test('does not grow with client requests over the limit', async (context) => {
    const { url, isWell, growthOf } = await warmServer();
    const send = (headers: Record<string, string | number>, isPatient = false) =>
      new Promise<number>((resolve) => {
        const sent = request(`${url}/flux/tasks`, { method: 'POST', headers });
        let status = 0;
        sent.on('response', (response) => {
          status = response.statusCode ?? 0;
          response.resume();
        });
        sent.on('error', () => undefined); // the server hangs up while we still send
        sent.on('close', () => resolve(status));
        if (isPatient) sent.flushHeaders();
        else sent.end(Buffer.alloc(20 * MIB, ' '));
      });
    const statuses: number[] = [];
    const growth = await growthOf(async () => {
      const bodies = Array.from({ length: 20 }, (_, at) =>
        send(at % 2 === 0 ? { 'transfer-encoding': 'chunked' } : { 'content-length': 20 * MIB }),
      );
      statuses.push(...(await Promise.all(bodies)));
    });
    expect(statuses.filter((status) => status !== 413 && status !== 0)).toEqual([]); // 0: a reset was faster
    // Nothing is unread where the body is not sent before the answer, so there is no reset.
    expect(await send({ 'content-length': 20 * MIB }, true)).toBe(413);
    expect(await isWell()).toBe(true);
    expect(growth).toBeLessThan(100);
    showFigure(context, `20 bodies of 20 MiB took ${growth.toFixed(0)} MB of memory`);
  });
});
