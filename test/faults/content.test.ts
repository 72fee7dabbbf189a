/** What comes in from either side, at its strangest. */
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { VENDOR_DOCUMENTS, VENDOR_IDS } from '../../src/simulator/samples.ts';
import { documentText, numberedIds } from '../helpers/documents.ts';
import { world } from '../helpers/world.ts';

const [ID, OTHER] = numberedIds(2);

describe('a document of the upstream', () => {
  test('with a prompt of 100,000 characters is stored, and found by its last word', async () => {
    const here = await world();
    const prompt = `${'lorem ipsum '.repeat(8300)}lighthouse`;
    here.simulator.seed([documentText({ id: ID, prompt })]);
    const started = performance.now();
    expect((await here.post({ action: 'retrieve', id: ID })).headers.get('cache-status')).toContain('stored');
    const { items } = (await (await here.get('/api/search?q=lighthouse')).json()) as {
      items: { id: string; highlights: [number, number][] }[];
    };
    expect(items).toMatchObject([{ id: ID }]);
    expect(JSON.stringify(items[0]?.highlights)).toContain(String(prompt.length - 'lighthouse'.length));
    expect(performance.now() - started).toBeLessThan(5000);
  });

  test.each([
    ['__proto__', '"__proto__":{"polluted":true}'],
    ['constructor', '"constructor":{"prototype":{"polluted":true}}'],
    ['a member twice', '"a":1,"a":{"polluted":true}'],
  ])('with %s keeps its bytes and touches nothing', async (_, member) => {
    const here = await world();
    const text = documentText({ id: ID }).replace('{"id"', `{${member},"id"`);
    here.simulator.seed([text]);
    expect(await (await here.post({ action: 'retrieve', id: ID })).text()).toBe(text);
    expect(await (await here.get(`/api/tasks/${ID}`)).text()).toBe(text);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test.each<[string, Buffer]>([
    ['bad UTF-8', Buffer.concat([Buffer.from('{"id":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')])],
    ['a raw NUL', Buffer.from(documentText({ id: ID }).replace('siamese', 'sia\0mese'))],
  ])('with %s is refused, and nothing is stored', async (_, body) => {
    const here = await world();
    here.simulator.fault({ kind: 'body', body });
    expect((await here.post({ action: 'retrieve', id: ID })).status).toBe(502);
    expect((await here.store.stats(0)).total).toBe(0);
  });

  test('behind a byte order mark is read', async () => {
    const here = await world();
    here.simulator.fault({ kind: 'body', body: `\ufeff${documentText({ id: ID })}` });
    expect((await here.post({ action: 'retrieve', id: ID })).status).toBe(200);
    expect(await here.store.get(ID)).toBeDefined();
  });
});

describe('a client', () => {
  test.each(['application/x-www-form-urlencoded', 'text/plain', ''])(
    'may send JSON as "%s", from a command line',
    async (type) => {
      const here = await world();
      here.simulator.seed(VENDOR_DOCUMENTS);
      const headers: Record<string, string> = type === '' ? {} : { 'content-type': type };
      const body = Buffer.from(JSON.stringify({ action: 'retrieve', id: VENDOR_IDS[0] }));
      expect((await here.request('/flux/tasks', { method: 'POST', headers, body })).status).toBe(200);
      const foreign = { ...headers, origin: 'https://evil.example' };
      expect((await here.request('/flux/tasks', { method: 'POST', headers: foreign, body })).status).toBe(
        403,
      );
    },
  );

  test('that hangs up does not end the fetch for the others, nor for the store', async () => {
    const here = await world();
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
  });

  test.each([
    ['a length and chunks', 'content-length: 5\r\ntransfer-encoding: chunked\r\n', '0\r\n\r\n'],
    ['a line break in a header', 'x-a: b\r\n\tc: d\0\r\n', ''],
    ['no Host', undefined, ''],
  ])('that sends %s is refused', async (_, header, body) => {
    const here = await world();
    const { hostname, port } = new URL(here.mirror.url);
    const socket = connect(Number(port), hostname);
    const host = header === undefined ? '' : `host: localhost\r\n${header}`;
    socket.end(`POST /flux/tasks HTTP/1.1\r\n${host}\r\n${body}`);
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    expect(text).toMatch(/^HTTP\/1\.1 40[03] /);
  });
});
