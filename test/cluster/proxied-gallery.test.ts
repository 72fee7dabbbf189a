/** The gallery behind nginx, before two servers, one of which is killed while it is looked at: nobody notices. */
import type { Page } from 'playwright-core';
import { beforeEach, expect, test } from 'vitest';
import {
  BUSY,
  MIRROR_TOKEN,
  PICTURE_IDS,
  PROXIED_TIMEOUT_MS,
  type ProxiedServers,
  startFilledServers,
} from '../helpers/proxied-servers.ts';
import { requireOnMachine } from '../helpers/requirements.ts';
import { useBrowser } from '../web/browser.ts';
import { getTask, getTile, getTrouble } from '../web/gallery.ts';

const { openPage } = useBrowser();

beforeEach((context) => {
  requireOnMachine(context, 'postgres');
  requireOnMachine(context, 'nginx');
});

const [FIRST = '', SECOND = ''] = PICTURE_IDS;
/** Of what the browser says by itself when the stream of a server that was killed ends. */
const LOST_CONNECTION = [/ERR_INCOMPLETE_CHUNKED_ENCODING/, /ERR_CONNECTION/];

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

test(
  'the gallery goes on at the other server: pictures, search, tasks, stars and their undo, and what is generated',
  async () => {
    const here = await startFilledServers();
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
  },
  PROXIED_TIMEOUT_MS,
);
