/**
 * Two servers behind nginx, as docs/scale-out.md says, one of which is killed in the middle of what people and programs do: nobody
 * notices.
 */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { documentText, numberedIds } from '../helpers/documents.ts';
import { MIRROR_TOKEN, type ProxiedServers, startProxiedServers } from '../helpers/proxied-servers.ts';
import { readZip } from '../helpers/read-zip.ts';
import { requireOnMachine } from '../helpers/requirements.ts';
import { useBrowser } from '../web/browser.ts';
import { getTask, getTile, getTrouble } from '../web/gallery.ts';

const { openPage } = useBrowser();

vi.setConfig({ testTimeout: 180_000 });
beforeEach((context) => {
  requireOnMachine(context, 'postgres');
  requireOnMachine(context, 'nginx');
});

const IDS = numberedIds(12);
const [FIRST = '', SECOND = ''] = IDS;
/** For what takes its time on a busy machine. */
const BUSY = { timeout: 60_000 };
/** Of what the browser says by itself when the stream of a server that was killed ends. */
const LOST_CONNECTION = [/ERR_INCOMPLETE_CHUNKED_ENCODING/, /ERR_CONNECTION/];

/** With pictures of the upstream, which are archived. */
async function fillMirror({ simulator, post, request }: ProxiedServers): Promise<void> {
  simulator.seed(
    IDS.map((id, at) => {
      const prompt = `a ${at % 2 === 0 ? 'white cat' : 'black dog'} number ${at}`;
      const data = [{ prompt, image_url: `${simulator.url}/images/${id}.png`, seed: 7 }];
      const createdAt = 1_773_400_000 - at * 60;
      return documentText({ id, prompt, createdAt, more: { response: { success: true, data } } });
    }),
  );
  expect((await post('/api/tracked', { ids: IDS })).status).toBe(200);
  const countArchived = async () =>
    ((await (await request('/api/stats')).json()) as { images: { archived: number } }).images.archived;
  await expect.poll(countArchived, BUSY).toBe(IDS.length);
}

async function startFilled(allowedHosts: readonly string[] = []) {
  const here = await startProxiedServers(allowedHosts);
  await fillMirror(here);
  return here;
}

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

describe('programs', () => {
  test('that read as the vendor’s clients do get every answer, whichever server is killed', async () => {
    const here = await startFilled();
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
        judge('batch', await post('/flux/tasks', { action: 'retrieve_batch', ids: IDS }), (body) =>
          IDS.every((id) => body.includes(simulator.documentText(id) ?? '-')),
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
          await post('/api/download', { ids: IDS, as: 'jsonl' }),
          (body) => body.trim().split('\n').length === IDS.length,
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
    const here = await startFilled();
    const download = async () => {
      const answer = await here.post('/api/download', { ids: IDS, as: 'zip' });
      expect(answer.status).toBe(200);
      return [...readZip(Buffer.from(await answer.arrayBuffer())).keys()].filter((name) =>
        name.endsWith('.png'),
      );
    };
    expect(await download()).toHaveLength(IDS.length);
    await here.kill(here.addresses[1]);
    expect(await download()).toHaveLength(IDS.length);
    const details = await here.request(`/api/tasks/${FIRST}/details`);
    const { images } = (await details.json()) as { images: { local: { url: string; thumb_url: string } }[] };
    for (const path of [images[0]?.local.url, images[0]?.local.thumb_url])
      expect((await here.request(path ?? '')).status).toBe(200);
  });

  test('that read feeds are told by either server that nothing has changed', async () => {
    const here = await startFilled();
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
    const here = await startFilled();
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

describe('the gallery', () => {
  /** Signs in, and notes which server has the event stream. */
  async function openGallery(here: ProxiedServers) {
    const page = await openPage({ mirror: { url: here.url } }, '/', {
      mayMove: true,
      expectedErrors: LOST_CONNECTION,
    });
    let streamServer = '';
    page.on('response', (response) => {
      if (response.url().includes('/api/events')) streamServer = response.headers()['x-served-by'] ?? '';
    });
    await page.getByLabel('Token').fill(MIRROR_TOKEN);
    await page.keyboard.press('Enter');
    await page.waitForSelector('html[data-ready][data-page="wall"]');
    await expect.poll(() => streamServer).not.toBe('');
    await page.evaluate(noteTroubles);
    return { page, getStreamServer: () => streamServer };
  }

  /** Runs in the page: whether it ever says that something is wrong. */
  function noteTroubles(): void {
    const troubles: string[] = [];
    const observer = new MutationObserver(() => {
      for (const line of document.querySelectorAll('.trouble')) troubles.push(line.textContent ?? '');
    });
    observer.observe(document.body, { childList: true, subtree: true });
    Object.assign(window, { troubles });
  }

  const decode = (page: Page, selector: string) =>
    page.locator(selector).evaluate((image: HTMLImageElement) => image.decode());

  test('goes on at the other server: pictures, search, tasks, stars and their undo, and what is generated', async () => {
    const here = await startFilled();
    const { page, getStreamServer } = await openGallery(here);
    await getTile(page, FIRST)
      .locator('img')
      .evaluate((image: HTMLImageElement) => image.decode());

    // What is selected is starred by one server, and that is undone by the other.
    await getTile(page, FIRST).focus();
    await page.keyboard.press('x');
    await page.keyboard.press('Shift+ArrowRight');
    await page.getByText('2 selected', { exact: true }).waitFor();
    await page.keyboard.press('l');
    await page.locator('.toast').getByText('2 tasks changed').waitFor();
    await here.post('/flux/images', { action: 'generate', prompt: 'a new pier', async: true });
    const pending = page.locator('.tile', { hasText: 'Generating' });
    await pending.waitFor();
    const killed = getStreamServer();
    await here.kill(killed);
    here.finishTasks();
    await page.locator('.toast button', { hasText: 'Undo' }).click();
    await page.locator('.toast').getByText('Undone').waitFor();
    const listStarred = async () =>
      ((await (await here.request('/api/search?is=starred')).json()) as { total: number }).total;
    expect(await listStarred()).toBe(0);

    // The stream is taken up by the other server, and fills in what has finished meanwhile.
    await expect.poll(getStreamServer).not.toBe(killed);
    await pending.waitFor({ state: 'detached', ...BUSY });
    expect(await page.evaluate(() => Reflect.get(window, 'troubles'))).toEqual([]);
    await page.keyboard.press('Escape');

    await page.getByRole('combobox').fill('black dog');
    await page.keyboard.press('Enter');
    await getTile(page, FIRST).waitFor({ state: 'detached' });
    await getTile(page, SECOND).click();
    await decode(page, 'dialog#task .large-picture');
    await getTask(page).getByRole('button', { name: 'Star' }).click();
    await expect.poll(listStarred).toBe(1);
    await page.reload();
    await page.waitForSelector('html[data-ready]');
    await getTile(page, SECOND).waitFor();
    expect(await getTrouble(page).count()).toBe(0);
  });
});
