/** Two servers behind nginx, as docs/scale-out.md says, one of which is killed in the middle of what programs do: none notices. */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { documentText } from '../helpers/documents.ts';
import {
  BUSY,
  MIRROR_TOKEN,
  PICTURE_IDS,
  PROXIED_TIMEOUT_MS,
  startFilledServers,
  startProxiedServers,
} from '../helpers/proxied-servers.ts';
import { readZip } from '../helpers/read-zip.ts';
import { requireOnMachine } from '../helpers/requirements.ts';

beforeEach((context) => {
  requireOnMachine(context, 'postgres');
  requireOnMachine(context, 'nginx');
});

const [FIRST = ''] = PICTURE_IDS;

/** Which server answered. */
const getServer = (answer: Pick<Response, 'headers'>) => answer.headers.get('x-served-by') ?? '';

/** Asks without end, in parallel, until it is stopped. @returns what was not 200 */
function askWithoutEnd(asks: readonly (() => Promise<string | undefined>)[]) {
  const problems: string[] = [];
  let answered = 0;
  let isOver = false;
  const asking = asks.map(async (ask) => {
    while (!isOver) {
      const problem = await ask().catch((error: unknown) => `${error} ${(error as Error).cause}`);
      if (problem !== undefined) problems.push(problem);
      answered += 1;
    }
  });
  return {
    count: () => answered,
    end: async () => {
      isOver = true;
      await Promise.all(asking);
      return problems;
    },
  };
}

describe('programs', { timeout: PROXIED_TIMEOUT_MS }, () => {
  test('that read as the vendor’s clients do get every answer, whichever server is killed', async () => {
    const here = await startFilledServers();
    const { post, request, simulator } = here;
    const served = new Set<string>();
    const judge = async (what: string, answer: Response, isRight: (body: string) => boolean) => {
      served.add(getServer(answer));
      const body = await answer.text();
      return answer.status === 200 && isRight(body) ? undefined : `${what}: ${answer.status} ${body}`;
    };
    const asking = askWithoutEnd([
      async () =>
        judge(
          'retrieve',
          await post('/flux/tasks', { action: 'retrieve', id: FIRST }),
          (body) => body === simulator.documentText(FIRST),
        ),
      async () =>
        judge('batch', await post('/flux/tasks', { action: 'retrieve_batch', ids: PICTURE_IDS }), (body) =>
          PICTURE_IDS.every((id) => body.includes(simulator.documentText(id) ?? '-')),
        ),
      async () => {
        const id = randomUUID();
        simulator.seed([documentText({ id, prompt: 'a fish', state: 'failed' })]);
        return judge('a miss', await post('/flux/tasks', { action: 'retrieve', id }), (body) =>
          body.includes(id),
        );
      },
      async () =>
        judge(
          'the history list',
          await post('/flux/tasks', { action: 'retrieve_batch', type: 'images', limit: 5, offset: 0 }),
          (body) => body.includes('"items"'),
        ),
      async () =>
        judge('search', await request('/api/search?q=white cat'), (body) => body.includes('"total":6')),
      async () =>
        judge(
          'export',
          await post('/api/download', { ids: PICTURE_IDS, as: 'jsonl' }),
          (body) => body.trim().split('\n').length === PICTURE_IDS.length,
        ),
    ]);
    await expect.poll(asking.count, BUSY).toBeGreaterThan(60);
    await here.kill(here.addresses[0]);
    const before = asking.count();
    await expect.poll(asking.count, BUSY).toBeGreaterThan(before + 100);
    expect(await asking.end()).toEqual([]);
    expect([...served].join()).toContain(here.addresses[0]);
    expect([...served]).toContain(here.addresses[1]);
  });

  test('that generate with a callback are called once, also when the server that forwarded it is killed', async () => {
    const calls: string[] = [];
    const client = createServer(async (request, response) => {
      calls.push(await text(request));
      response.writeHead(200).end();
    });
    await new Promise<void>((resolve) => client.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void client.close());
    const host = `127.0.0.1:${(client.address() as AddressInfo).port}`;
    const here = await startProxiedServers([host]);
    const body = {
      action: 'generate',
      model: 'flux-dev',
      prompt: 'a zebra',
      callback_url: `http://${host}/`,
    };
    const answer = await here.post('/flux/images', body);
    const { task_id: id } = (await answer.json()) as { task_id: string };
    await here.kill(getServer(answer));
    here.finishTasks();
    await expect.poll(() => calls.length, BUSY).toBe(1);
    expect(calls[0]).toContain(id);
    const retrieve = () => here.post('/flux/tasks', { action: 'retrieve', id });
    await expect.poll(async () => (await retrieve()).text()).toBe(here.simulator.documentText(id));
    await sleep(500);
    expect(calls).toHaveLength(1);
  });

  test('get a zip and images from the object store of either server', async () => {
    const here = await startFilledServers();
    const download = async () => {
      const answer = await here.post('/api/download', { ids: PICTURE_IDS, as: 'zip' });
      expect(answer.status).toBe(200);
      return [...readZip(Buffer.from(await answer.arrayBuffer())).keys()].filter((name) =>
        name.endsWith('.png'),
      );
    };
    expect(await download()).toHaveLength(PICTURE_IDS.length);
    await here.kill(here.addresses[1]);
    expect(await download()).toHaveLength(PICTURE_IDS.length);
    const details = await here.request(`/api/tasks/${FIRST}/details`);
    const { images } = (await details.json()) as { images: { local: { url: string; thumb_url: string } }[] };
    for (const path of [images[0]?.local.url, images[0]?.local.thumb_url])
      expect((await here.request(path ?? '')).status).toBe(200);
  });

  test('that read feeds are told by either server that nothing has changed', async () => {
    const here = await startFilledServers();
    const saved = await here.post('/api/saved', { name: 'Cats', query: 'cat' });
    const { id } = (await saved.json()) as { id: string };
    const published = await here.post(`/api/saved/${id}/feed`, {});
    const { feed } = (await published.json()) as { feed: { atom: string; json: string } };
    for (const url of [feed.atom, feed.json]) {
      expect(url.startsWith(`${here.url}/feeds/`)).toBe(true);
      const first = await fetch(url);
      expect([first.status, await first.text()]).toEqual([200, expect.stringContaining('number 0')]);
      const headers = { 'if-none-match': first.headers.get('etag') ?? '' };
      const again = [await fetch(url, { headers }), await fetch(url, { headers })];
      expect(again.map(({ status }) => status)).toEqual([304, 304]);
      expect(new Set(again.map(getServer)).size).toBe(2);
    }
    const etag = (await fetch(feed.atom)).headers.get('etag') ?? '';
    await here.kill(here.addresses[0]);
    expect((await fetch(feed.atom, { headers: { 'if-none-match': etag } })).status).toBe(304);
  });

  test('that are agents go on with their session at the other server', async () => {
    const here = await startFilledServers();
    const connect = async () => {
      const client = new Client({ name: 'test', version: '1' });
      const headers = { authorization: `Bearer ${MIRROR_TOKEN}` };
      await client.connect(
        new StreamableHTTPClientTransport(new URL(`${here.url}/mcp`), { requestInit: { headers } }),
      );
      onTestFinished(() => client.close());
      return client;
    };
    const client = await connect();
    const search = async () => {
      const { structuredContent } = await client.callTool({
        name: 'search_prompts',
        arguments: { query: 'white cat' },
      });
      return (structuredContent as { total: number }).total;
    };
    expect((await client.listTools()).tools.map(({ name }) => name)).toContain('search_prompts');
    const asking = askWithoutEnd([async () => ((await search()) === 6 ? undefined : 'another total')]);
    await expect.poll(asking.count, BUSY).toBeGreaterThan(10);
    await here.kill(here.addresses[0]);
    const before = asking.count();
    await expect.poll(asking.count, BUSY).toBeGreaterThan(before + 10);
    expect(await asking.end()).toEqual([]);
    expect((await (await connect()).listTools()).tools.length).toBeGreaterThan(3);
  });
});
