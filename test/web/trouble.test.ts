/** What goes wrong while a page is open, or before: the page says so, keeps what it shows, and recovers. */
import { execFileSync } from 'node:child_process';
import { rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page, Route } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { numberedIds } from '../helpers/documents.ts';
import { imageHost } from '../helpers/image-host.ts';
import { filesIn, picture, storeTaskWithImages } from '../helpers/images.ts';
import { startTestMirror, type TestMirror } from '../helpers/test-mirror.ts';
import { IS_WHOLE_WEB } from '../helpers/thorough.ts';
import { useBrowser } from './browser.ts';
import { expectFocus, getTask, getTile, getTrouble } from './gallery.ts';
import { storeTasks } from './wall-data.ts';

const { openPage } = useBrowser();

const [FIRST, SECOND, THIRD] = numberedIds(3);
/** Bytes of a page of the database, and pages that stay. */
const PAGE = 4096;
const SCHEMA_PAGES = 120;
const NOT_FOUND = [/status of 404/];
const NO_CONNECTION = [/ERR_/, /status of 50\d/];

/** A mirror with two archived pictures. */
async function startWithPictures() {
  const host = await imageHost();
  host.serve('/1', await picture('png'));
  host.serve('/2', await picture('png', { shade: 5 }));
  const here = await startTestMirror({ imageAllowHosts: host.host });
  await storeTaskWithImages(here, FIRST, [`${host.url}/1`], { prompt: 'a cat' });
  await storeTaskWithImages(here, SECOND, [`${host.url}/2`], { prompt: 'a dog' });
  await here.mirror.archiver.run();
  return { here, host };
}

function forEachFile(here: TestMirror, folders: readonly string[], change: (path: string) => void): void {
  for (const folder of folders)
    for (const name of filesIn(here.config.dataDir, folder)) change(join(here.config.dataDir, folder, name));
}

/** All but the schema. By another process: the owner's locks would go if it opened the file itself. */
function damageDatabase(file: string): void {
  const count = Math.floor(statSync(file).size / PAGE) - SCHEMA_PAGES;
  const place = [`seek=${SCHEMA_PAGES}`, `count=${count}`, `bs=${PAGE}`];
  execFileSync('dd', ['if=/dev/urandom', `of=${file}`, 'conv=notrunc', ...place], { stdio: 'ignore' });
}

/** Counts what a page asks of the archive. */
function countPictureRequests(page: Page): () => number {
  let count = 0;
  page.on('request', (request) => {
    if (/\/(?:thumbs|images)\//.test(request.url())) count += 1;
  });
  return () => count;
}

/** What the browser would draw as broken. */
function countBrokenPictures(page: Page): Promise<number> {
  return page.evaluate(
    () => [...document.images].filter(({ complete, naturalWidth }) => complete && naturalWidth === 0).length,
  );
}

describe('a picture', () => {
  const FAULTS: [string, (path: string) => void][] = [
    ['that is missing', (path) => rmSync(path)],
    ['that is damaged', (path) => truncateSync(path, 20)],
    ['that is something else', (path) => writeFileSync(path, '<script>window.hacked=1</script>')],
  ];
  test.each(IS_WHOLE_WEB ? FAULTS : FAULTS.slice(0, 1))(
    '%s is said to be missing, on the wall and the stage, and not asked for again',
    async (_what, change) => {
      const { here } = await startWithPictures();
      forEachFile(here, ['images', 'thumbs'], change);
      const page = await openPage(here, '/', { expectedErrors: NOT_FOUND });
      const tile = getTile(page, FIRST);
      await tile.getByText('picture missing').waitFor();
      await getTile(page, SECOND).getByText('picture missing').waitFor();
      expect(await countBrokenPictures(page)).toBe(0);
      const count = countPictureRequests(page);
      await tile.focus();
      for (const key of ['ArrowLeft', 'ArrowRight', 'End', 'Home']) await page.keyboard.press(key);
      expect(count()).toBe(0);
      await tile.click();
      // Since the page has asked, the mirror may know that it has lost the file.
      await getTask(page)
        .locator('.stage-picture')
        .getByText(/picture missing|Not archived yet/)
        .waitFor();
      await expect.poll(() => countBrokenPictures(page)).toBe(0);
    },
  );

  test('that is not archived is never asked of the vendor', async () => {
    const { here, host } = await startWithPictures();
    await storeTaskWithImages(here, THIRD, [`${host.url}/never`], { prompt: 'a bird' });
    const page = await openPage(here, '/');
    await getTile(page, THIRD).getByText('not kept yet').waitFor();
    await getTile(page, THIRD).click();
    await getTask(page).locator('.stage-picture').getByText('Not archived yet').waitFor();
    const link = getTask(page).getByRole('link', { name: 'Link of the vendor' }).first();
    expect(await link.getAttribute('href')).toBe(`${host.url}/never`);
    expect(await link.getAttribute('rel')).toBe('noreferrer noopener');
    expect(host.paths.sort()).toEqual(['/1', '/2']);
  });
});

describe('a mirror that does not answer', () => {
  const answer503 = (message: string) => (route: Route) =>
    route.fulfill({
      status: 503,
      contentType: 'application/json',
      body: JSON.stringify({ success: false, error: { code: 'api_error', message }, trace_id: '' }),
    });

  test.runIf(IS_WHOLE_WEB)(
    'a search that is refused is said, what is shown stays, and it is tried again',
    async () => {
      const { here } = await startWithPictures();
      const page = await openPage(here, '/', { expectedErrors: NO_CONNECTION });
      await page.route('**/api/search?*', answer503('the search took longer than 10 s and was ended'));
      await page.getByRole('combobox').fill('cat');
      await page.keyboard.press('Enter');
      await getTrouble(page).getByText('the search took longer than 10 s').waitFor();
      expect(await getTile(page, SECOND).count()).toBe(1);
      await page.unroute('**/api/search?*');
      await getTrouble(page).getByRole('link', { name: 'Try again' }).click();
      await getTile(page, SECOND).waitFor({ state: 'detached' });
      expect(await getTile(page, FIRST).count()).toBe(1);
      await expect.poll(() => getTrouble(page).count()).toBe(0);
    },
  );

  test.runIf(IS_WHOLE_WEB)('recovers without a hand', async () => {
    const { here } = await startWithPictures();
    const page = await openPage(here, '/', { expectedErrors: NO_CONNECTION });
    await page.route('**/api/**', answer503('the mirror is stopping'));
    await page.getByRole('combobox').fill('cat');
    await page.keyboard.press('Enter');
    await getTrouble(page).getByText('the mirror is stopping').waitFor();
    await page.unroute('**/api/**');
    await getTile(page, SECOND).waitFor({ state: 'detached' });
    await expect.poll(() => getTrouble(page).count()).toBe(0);
  });

  test.runIf(IS_WHOLE_WEB)('a proxy that answers HTML is no other than a mirror that does not', async () => {
    const { here } = await startWithPictures();
    const page = await openPage(here, '/', { expectedErrors: NO_CONNECTION });
    await page.route('**/api/**', (route) =>
      route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>Bad Gateway</h1>' }),
    );
    await getTile(page, FIRST).click();
    await getTask(page).getByText('This could not be loaded.').waitFor();
    await page.unroute('**/api/**');
    await getTask(page).locator('.prompt').waitFor();
  });

  test.runIf(IS_WHOLE_WEB)('is said by the first page too: not that there is nothing', async () => {
    const here = await startTestMirror();
    await storeTasks(
      here,
      numberedIds(600).map((id) => ({ id, prompt: 'p'.repeat(600) })),
    );
    await here.restart();
    damageDatabase(join(here.config.dataDir, 'mirror.db'));
    for (const path of ['/', `/?task=${FIRST}`]) {
      const page = await openPage(here, path, { expectedErrors: NO_CONNECTION });
      await getTrouble(page).getByText("the mirror's database is damaged").waitFor();
      expect(await page.locator('body').innerText()).not.toContain('Nothing');
    }
    const plain = await openPage(here, '/', { hasScript: false, expectedErrors: NO_CONNECTION });
    await getTrouble(plain).getByText("the mirror's database is damaged").waitFor();
    expect(await plain.getByRole('link', { name: 'Try again' }).getAttribute('href')).toBe('./');
    await openPage(here, '/docs');
    await openPage(here, '/status', { expectedErrors: NO_CONNECTION });
    await openPage(here, '/collections', { expectedErrors: NO_CONNECTION });
  });

  test.runIf(IS_WHOLE_WEB)(
    'a lost event stream is said, and what was missed appears when the mirror is back',
    async () => {
      const { here } = await startWithPictures();
      await storeTasks(here, [{ id: THIRD, prompt: 'a bird', state: 'pending' }]);
      const page = await openPage(here, '/', { expectedErrors: NO_CONNECTION });
      await getTile(page, THIRD).getByText('Generating').waitFor();
      const { port } = new URL(here.mirror.url);
      await here.mirror.stop();
      await getTrouble(page).getByText('connection to the mirror is lost').waitFor();
      expect(await getTile(page, FIRST).count()).toBe(1);
      await here.restart({ port });
      await storeTasks(here, [
        { id: THIRD, prompt: 'a bird', state: 'failed' },
        { id: 'new-one', prompt: 'a fish', createdAt: 1_773_400_100 },
      ]);
      await getTile(page, 'new-one').waitFor({ timeout: 20_000 });
      await getTile(page, THIRD).getByText('Failed').waitFor();
      await expect.poll(() => getTrouble(page).count()).toBe(0);
    },
  );

  test.runIf(IS_WHOLE_WEB)('a full disk is said, and everything is still shown', async () => {
    const { here } = await startWithPictures();
    const page = await openPage(here, '/');
    await page.route('**/api/health', (route) =>
      route.fulfill({
        json: { state: 'full', synced_at: null, since: null, problems: ['the disk is full'] },
      }),
    );
    await here.mirror.runner.run({ trigger: 'api' });
    await getTrouble(page).getByText('Nothing can be stored').waitFor();
    expect(await getTile(page, FIRST).count()).toBe(1);
    await page.unroute('**/api/health');
    await here.mirror.runner.run({ trigger: 'api' });
    await expect.poll(() => getTrouble(page).count()).toBe(0);
  });
});

/** A day of so many tasks. */
const MANY = IS_WHOLE_WEB ? 100_000 : 3000;

test.runIf(IS_WHOLE_WEB)(
  `${MANY} tasks on one day: the page opens, the last is a key away, and the page stays small`,
  async () => {
    const here = await startTestMirror();
    const ids = numberedIds(MANY);
    for (let at = 0; at < MANY; at += 5000)
      await storeTasks(
        here,
        ids.slice(at, at + 5000).map((id, step) => ({ id, createdAt: 1_773_400_000 - (at + step) * 0.8 })),
      );
    const page = await openPage(here, '/', { mayMove: true });
    page.setDefaultTimeout(20_000);
    await getTile(page, ids[0] ?? '').focus();
    const months = await page.locator('#rail, .section-title').count();
    expect(months).toBeGreaterThan(0);
    await page.keyboard.press('Control+End');
    const last = getTile(page, ids.at(-1) ?? '');
    await last.waitFor();
    await expectFocus(page, '.tile a');
    expect(await page.locator('.tile').count()).toBeLessThanOrEqual(200);
    await page.keyboard.press('Enter');
    await getTask(page)
      .locator('.facts')
      .getByText(ids.at(-1) ?? '')
      .waitFor();
    await page.keyboard.press('Home');
    await page.keyboard.press('Escape');
    await getTask(page).waitFor({ state: 'detached' });
    await page.keyboard.press('Control+Home');
    await getTile(page, ids[0] ?? '').waitFor();
    const overlaps = await page.evaluate(() => {
      const boxes = [...document.querySelectorAll('.tile')].map((tile) => tile.getBoundingClientRect());
      return boxes.some((a, at) =>
        boxes.some(
          (b, other) =>
            other > at &&
            a.left < b.right - 1 &&
            b.left < a.right - 1 &&
            a.top < b.bottom - 1 &&
            b.top < a.bottom - 1,
        ),
      );
    });
    expect(overlaps).toBe(false);
  },
  180_000,
);
