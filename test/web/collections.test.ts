/** The pages of collections: the list, one of them with its order, its link and its end. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import type { TaskId } from '../../src/task/id.ts';
import { addToken } from '../helpers/access-token.ts';
import { imageHost } from '../helpers/image-host.ts';
import { picture, storeTaskWithImages } from '../helpers/images.ts';
import { startTestMirror, type TestMirror } from '../helpers/test-mirror.ts';
import { IS_WHOLE_WEB } from '../helpers/thorough.ts';
import { type PageOptions, useBrowser } from './browser.ts';
import {
  collectionIdOf,
  getPicture,
  listPictures,
  openMenu,
  readCollection,
  readOrder,
  storeCollection,
} from './collection-data.ts';
import { expectFocus } from './gallery.ts';
import { startFilledMirror, taskIdOf } from './wall-data.ts';

const { openPage } = useBrowser();

const FIRST = collectionIdOf(1);
const MOVE = { mayMove: true };
const NO_CONNECTION = [/ERR_/, /status of 50\d/];
const REFUSED = [/status of 4\d\d/];

/** As many tasks as are named, the newest first. */
const tasksOf = (...numbers: number[]): TaskId[] => numbers.map(taskIdOf);

/** A collection with six tasks that are not in the order of time. */
async function startWithCollection(
  settings: Parameters<typeof startTestMirror>[0] = {},
): Promise<TestMirror> {
  const here = await startFilledMirror(9, settings);
  await storeCollection(here, 1, tasksOf(3, 0, 4, 1, 2, 6), { name: 'Posters', note: 'for Friday' });
  return here;
}

function openCollection(here: TestMirror, options: PageOptions = {}, id = FIRST): Promise<Page> {
  // Answers come later than browsers remember a key, on a slow machine.
  return openPage(here, `/collections?id=${id}`, { ...MOVE, ...options });
}

async function expectOrder(here: TestMirror, page: Page, ...numbers: number[]): Promise<void> {
  await expect.poll(() => listPictures(page)).toEqual(tasksOf(...numbers));
  await expect.poll(() => readOrder(here, FIRST)).toEqual(tasksOf(...numbers));
}

const getToast = (page: Page) => page.locator('.toast');
const undo = (page: Page) => getToast(page).getByRole('button', { name: 'Undo' }).click();

describe('the list', () => {
  test('has all collections by name, with their pictures, counts, and whether they are shared', async () => {
    const host = await imageHost();
    host.serve('/1', await picture('png'));
    const here = await startTestMirror({ imageAllowHosts: host.host });
    await storeTaskWithImages(here, taskIdOf(1), [`${host.url}/1`]);
    await here.mirror.archiver.run();
    await storeCollection(here, 1, tasksOf(1), { name: 'with a picture' });
    await storeCollection(here, 2, [], { name: 'An empty one' });
    await here.store.changeCollection(
      collectionIdOf(1),
      { link: { key: 'a-key', showsPrompts: true } },
      { nowMs: 1, within: undefined },
    );
    for (const hasScript of [true, false]) {
      const page = await openPage(here, '/collections', { hasScript });
      const cards = page.locator('.collection-card');
      expect((await cards.allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').trim())).toEqual([
        'An empty one 0 tasks',
        'with a picture 1 task · Shared',
      ]);
      expect(await cards.nth(1).locator('img').count()).toBe(1);
      await cards.nth(1).click();
      await page.getByRole('heading', { name: 'with a picture' }).waitFor();
      expect(await listPictures(page)).toEqual(tasksOf(1));
    }
  });

  test.runIf(IS_WHOLE_WEB)(
    'says what collections are while there are none, and creates the first',
    async () => {
      const here = await startFilledMirror(2);
      const page = await openPage(here, '/collections', MOVE);
      await page.getByText('No collections yet').waitFor();
      await page.getByRole('button', { name: 'New collection' }).click();
      await expectFocus(page, 'dialog input');
      await page.keyboard.type('Posters');
      await page.getByLabel('Note').fill('for Friday');
      await page.keyboard.press('Tab');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByRole('heading', { name: 'Posters' }).waitFor();
      await page.getByText('Nothing in it yet').waitFor();
      expect(await here.store.collections(undefined)).toMatchObject([
        { name: 'Posters', note: 'for Friday' },
      ]);
    },
  );

  test.runIf(IS_WHOLE_WEB)(
    'a name that is taken is said in the dialog, which keeps what was typed',
    async () => {
      const here = await startWithCollection();
      const page = await openPage(here, '/collections', { ...MOVE, expectedErrors: REFUSED });
      await page.getByRole('button', { name: 'New collection' }).click();
      await page.getByLabel('Name').fill('POSTERS');
      await page.keyboard.press('Enter');
      await page.locator('dialog').getByText('There is a collection with this name already.').waitFor();
      expect(await page.getByLabel('Name').inputValue()).toBe('POSTERS');
      await page.keyboard.press('Escape');
      await page.locator('dialog').waitFor({ state: 'detached' });
      await expectFocus(page, '.collections-head button');
    },
  );

  test.runIf(IS_WHOLE_WEB)('of many is filtered by name', async () => {
    const here = await startFilledMirror(1);
    for (let number = 1; number <= 15; number += 1) await storeCollection(here, number, []);
    const page = await openPage(here, '/collections', MOVE);
    const filter = page.getByLabel('Filter collections');
    await filter.fill('collection 15');
    await expect.poll(() => page.locator('.collection-card').count()).toBe(1);
    await filter.fill('zebra');
    await page.getByText('No collection has this in its name.').waitFor();
  });

  test.runIf(IS_WHOLE_WEB)('is a link away from every page', async () => {
    const here = await startWithCollection();
    const page = await openPage(here, '/', MOVE);
    await page.locator('[data-popover="menu"] > button').click();
    await page.locator('.menu').getByRole('link', { name: 'Collections' }).click();
    await page.getByRole('link', { name: 'Posters' }).waitFor();
    const plain = await openPage(here, '/status', { hasScript: false });
    await plain.getByRole('link', { name: 'Collections' }).click();
    await plain.getByRole('link', { name: 'Posters' }).waitFor();
  });
});

describe('one collection', () => {
  test('has its pictures in its order, and each opens its task', async () => {
    const here = await startWithCollection();
    for (const hasScript of [true, false]) {
      const page = await openPage(here, `/collections?id=${FIRST}`, { hasScript });
      expect(await page.title()).toBe('Posters · flux-mirror');
      await page.getByText('for Friday').waitFor();
      expect(await listPictures(page)).toEqual(tasksOf(3, 0, 4, 1, 2, 6));
      await getPicture(page, taskIdOf(4)).click();
      await page.locator('dialog#task .prompt').waitFor();
      await page.goBack();
      await getPicture(page, taskIdOf(4)).waitFor();
    }
  });

  test('without a script, only what works is shown', async () => {
    const page = await openCollection(await startWithCollection(), { hasScript: false });
    expect(await page.locator('button:visible').allInnerTexts()).toEqual(['Download zip']);
  });

  test('pictures are moved by Alt and an arrow key, and back by Undo', async () => {
    const here = await startWithCollection();
    const page = await openCollection(here);
    await getPicture(page, taskIdOf(0)).focus();
    await page.keyboard.press('Alt+ArrowRight');
    await expectOrder(here, page, 3, 4, 0, 1, 2, 6);
    await getToast(page).getByText('Moved to place 3 of 6').waitFor();
    await expect.poll(() => page.locator('p[role=status]').innerText()).toContain('Moved to place 3 of 6');
    await expectFocus(page, `[data-id="${taskIdOf(0)}"]`);
    await page.keyboard.press('Alt+ArrowRight');
    await page.keyboard.press('Alt+End');
    await expectOrder(here, page, 3, 4, 1, 2, 6, 0);
    await expectFocus(page, `[data-id="${taskIdOf(0)}"]`);
    await page.keyboard.press('Control+z');
    await expectOrder(here, page, 3, 4, 1, 0, 2, 6);
    await expectFocus(page, `[data-id="${taskIdOf(0)}"]`);
    await page.keyboard.press('Control+z');
    await expectOrder(here, page, 3, 4, 0, 1, 2, 6);
    await page.keyboard.press('Alt+Home');
    await expectOrder(here, page, 0, 3, 4, 1, 2, 6);
    await undo(page);
    await expectOrder(here, page, 3, 4, 0, 1, 2, 6);
    await expectFocus(page);
  });

  test.runIf(IS_WHOLE_WEB)(
    'arrows go from one picture to the next, and the Tab key reaches one of them',
    async () => {
      const page = await openCollection(await startWithCollection());
      await getPicture(page, taskIdOf(3)).focus();
      await page.keyboard.press('ArrowRight');
      await expectFocus(page, `[data-id="${taskIdOf(0)}"]`);
      await page.keyboard.press('End');
      await expectFocus(page, `[data-id="${taskIdOf(6)}"]`);
      await page.keyboard.press('ArrowUp');
      await expectFocus(page, '.frame');
      await page.keyboard.press('Home');
      await expectFocus(page, `[data-id="${taskIdOf(3)}"]`);
      expect(await page.locator('.collection-tile .frame[tabindex="0"]').count()).toBe(1);
    },
  );

  test.runIf(IS_WHOLE_WEB)('pictures are moved by their menus, which stay open, and dragged', async () => {
    const here = await startWithCollection();
    const page = await openCollection(here);
    await openMenu(page, taskIdOf(3));
    await page.getByRole('button', { name: 'Later' }).click();
    await expectOrder(here, page, 0, 3, 4, 1, 2, 6);
    await page.getByRole('button', { name: 'Later' }).click();
    await expectOrder(here, page, 0, 4, 3, 1, 2, 6);
    await expectFocus(page, '.menu button');
    await page.keyboard.press('Escape');
    await page.locator('.entry-menu .menu').waitFor({ state: 'detached' });

    const [from, to] = [getPicture(page, taskIdOf(0)), getPicture(page, taskIdOf(3))];
    await to.scrollIntoViewIfNeeded();
    const [start, end] = [await from.boundingBox(), await to.boundingBox()];
    if (!start || !end) throw new Error('the pictures are not seen');
    await page.mouse.move(start.x + start.width / 2, start.y + start.height / 2);
    await page.mouse.down();
    await page.mouse.move(end.x + end.width - 8, end.y + end.height / 2, { steps: 6 });
    await page.locator('.is-drop-after').waitFor();
    await page.mouse.up();
    await expectOrder(here, page, 4, 3, 0, 1, 2, 6);
    expect(new URL(page.url()).searchParams.get('id')).toBe(FIRST); // nothing was opened
    await undo(page);
    await expectOrder(here, page, 0, 4, 3, 1, 2, 6);
  });

  test.runIf(IS_WHOLE_WEB)('Escape ends dragging, and nothing is moved', async () => {
    const here = await startWithCollection();
    const page = await openCollection(here);
    const box = await getPicture(page, taskIdOf(0)).boundingBox();
    if (!box) throw new Error('the picture is not seen');
    await page.mouse.move(box.x + 20, box.y + 20);
    await page.mouse.down();
    await page.mouse.move(box.x - 60, box.y + 20, { steps: 4 });
    await page.locator('.is-dragged').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('.is-dragged').waitFor({ state: 'detached' });
    await page.mouse.up();
    await openMenu(page, taskIdOf(0)); // the page is as it was
    await expect.poll(() => readOrder(here, FIRST)).toEqual(tasksOf(3, 0, 4, 1, 2, 6));
  });

  test.runIf(IS_WHOLE_WEB)('a picture is removed, and put back where it was', async () => {
    const here = await startWithCollection();
    const page = await openCollection(here);
    await getPicture(page, taskIdOf(4)).focus();
    await page.keyboard.press('Delete');
    await expectOrder(here, page, 3, 0, 1, 2, 6);
    await page.getByText('5 tasks ·').waitFor();
    await expectFocus(page);
    await undo(page);
    await expectOrder(here, page, 3, 0, 4, 1, 2, 6);
    await expectFocus(page);
    await openMenu(page, taskIdOf(3));
    await page.getByRole('button', { name: 'Remove from collection' }).click();
    await expectOrder(here, page, 0, 4, 1, 2, 6);
  });

  test('a task that was forgotten leaves a gap, which is removed', async () => {
    const here = await startWithCollection();
    await here.request('/api/forget', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ids: tasksOf(4) }),
    });
    const page = await openCollection(here);
    expect(await getPicture(page, taskIdOf(4)).getAttribute('aria-label')).toBe('Not in the mirror any more');
    await page.getByText('1 task is not in the mirror any more.').waitFor();
    await page.getByRole('button', { name: 'Remove it' }).click();
    await expectOrder(here, page, 3, 0, 1, 2, 6);
    expect(await getToast(page).getByRole('button').count()).toBe(0);
    await page.locator('.collection-gaps').waitFor({ state: 'detached' });
  });

  test.runIf(IS_WHOLE_WEB)('its cover, its name and its note are changed', async () => {
    const here = await startWithCollection();
    const page = await openCollection(here);
    await openMenu(page, taskIdOf(1));
    await page.getByRole('button', { name: 'Use as cover' }).click();
    await page.locator('.badge-cover').waitFor();
    expect((await readCollection(here, FIRST)).cover).toBe(taskIdOf(1));
    await openMenu(page, taskIdOf(1));
    await page.getByRole('button', { name: 'Not as cover' }).click();
    await page.locator('.badge-cover').waitFor({ state: 'detached' });

    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByLabel('Name').fill('海报');
    await page.getByLabel('Note').fill('');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: '海报' }).waitFor();
    await expect
      .poll(() => readCollection(here, FIRST))
      .toMatchObject({ name: '海报', note: '', cover: undefined });
    await expectFocus(page, '.collection-actions button');
  });

  test.runIf(IS_WHOLE_WEB)(
    'more than a hundred are shown page by page, and the last one is moved to the beginning',
    async () => {
      const here = await startFilledMirror(230);
      const all = Array.from({ length: 230 }, (_, number) => taskIdOf(number));
      await storeCollection(here, 1, all);
      const page = await openCollection(here);
      expect(await listPictures(page)).toEqual(all.slice(0, 100));
      await getPicture(page, taskIdOf(99)).focus();
      // What stands behind the last one that is shown is loaded first.
      await page.keyboard.press('Alt+ArrowRight');
      const moved = [...all.slice(0, 99), taskIdOf(100), taskIdOf(99), ...all.slice(101)];
      await expect.poll(() => listPictures(page)).toEqual(moved.slice(0, 200));
      await expect.poll(() => readOrder(here, FIRST)).toEqual(moved);
      await page.getByRole('link', { name: '30 more' }).click();
      await expect.poll(() => listPictures(page)).toEqual(moved);
      expect(await page.locator('.older a').count()).toBe(0);
      await getPicture(page, taskIdOf(229)).focus();
      await page.keyboard.press('Alt+Home');
      await expect.poll(async () => (await readOrder(here, FIRST))[0]).toBe(taskIdOf(229));
      await expectFocus(page, `[data-id="${taskIdOf(229)}"]`);
    },
  );

  test.runIf(IS_WHOLE_WEB)('a picture is moved behind those that are not shown yet, and back', async () => {
    const here = await startFilledMirror(130);
    const all = Array.from({ length: 130 }, (_, number) => taskIdOf(number));
    await storeCollection(here, 1, all);
    const page = await openCollection(here);
    await getPicture(page, taskIdOf(7)).focus();
    await page.keyboard.press('Alt+End');
    await getToast(page).getByText('Moved to place 130 of 130').waitFor();
    await expect.poll(async () => (await readOrder(here, FIRST)).at(-1)).toBe(taskIdOf(7));
    expect(await listPictures(page)).not.toContain(taskIdOf(7));
    await expectFocus(page, '.frame');
    await undo(page);
    await expect.poll(() => listPictures(page)).toEqual(all.slice(0, 100));
    await expect.poll(() => readOrder(here, FIRST)).toEqual(all);
    await expectFocus(page, `[data-id="${taskIdOf(7)}"]`);
  });

  test.runIf(IS_WHOLE_WEB)('without a script, its pages are links', async () => {
    const here = await startFilledMirror(130);
    await storeCollection(
      here,
      1,
      Array.from({ length: 130 }, (_, number) => taskIdOf(number)),
    );
    const page = await openCollection(here, { hasScript: false });
    await page.getByRole('link', { name: '30 more' }).click();
    await getPicture(page, taskIdOf(129)).waitFor();
    expect((await listPictures(page)).length).toBe(30);
    await page.getByRole('link', { name: 'From the beginning' }).click();
    await getPicture(page, taskIdOf(0)).waitFor();
  });

  test.runIf(IS_WHOLE_WEB)('it is downloaded by a form that names it', async () => {
    const here = await startWithCollection();
    const page = await openCollection(here);
    const sent = page.waitForRequest('**/api/download');
    await page.route('**/api/download', (route) => route.fulfill({ status: 204 }));
    await page.getByRole('button', { name: 'Download zip' }).click();
    const fields = new URLSearchParams((await sent).postData() ?? '');
    expect(Object.fromEntries(fields)).toMatchObject({ collection: FIRST, as: 'zip' });
  });

  test.runIf(IS_WHOLE_WEB)('it is deleted after a question, and its tasks stay', async () => {
    const here = await startWithCollection();
    const page = await openCollection(here);
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByText('Its tasks stay in the mirror.').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.locator('dialog').waitFor({ state: 'detached' });
    expect(await here.store.collections(undefined)).toHaveLength(1);
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.locator('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('No collections yet').waitFor();
    expect(await here.store.collections(undefined)).toEqual([]);
    expect(await here.store.get(taskIdOf(3))).toBeDefined();
  });
});

describe('its link', () => {
  test('is created without prompts, shows them, is replaced, and is revoked', async () => {
    const here = await startWithCollection();
    const page = await openCollection(here);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const readLink = async () => (await readCollection(here, FIRST)).link;
    const getStatus = () => page.locator('.share [role=status]');
    await page.locator('[data-popover="share"] > button').click();
    await page.getByRole('checkbox', { name: 'With prompts' }).click();
    await page.getByRole('button', { name: 'Create link' }).click();
    await getStatus().getByText('The link works now.').waitFor();
    const first = await readLink();
    expect(first?.showsPrompts).toBe(false);
    await expectFocus(page, '.share *');
    await page.getByRole('button', { name: 'Copy' }).click();
    await getStatus().getByText('The link is copied.').waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
      `${here.mirror.url}/shared/${first?.key}`,
    );
    await page.getByRole('checkbox', { name: 'With prompts' }).click();
    await getStatus().getByText('The link shows prompts now.').waitFor();
    await expect.poll(() => readLink()).toMatchObject({ key: first?.key, showsPrompts: true });

    await page.getByRole('button', { name: 'Replace' }).click();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Revoke' }).waitFor();
    expect((await readLink())?.key).toBe(first?.key);
    await page.getByRole('button', { name: 'Replace' }).click();
    await page.getByRole('group', { name: 'Replace' }).getByRole('button', { name: 'Replace' }).click();
    await getStatus().getByText('This is the new link').waitFor();
    expect((await readLink())?.key).not.toBe(first?.key);
    await page.getByRole('button', { name: 'Revoke' }).click();
    await page.getByRole('group', { name: 'Revoke' }).getByRole('button', { name: 'Revoke' }).click();
    await getStatus().getByText('The link is revoked.').waitFor();
    await expect.poll(() => readLink()).toBeUndefined();
    await expectFocus(page, '.share *');
  });
});

describe('trouble', () => {
  test.runIf(IS_WHOLE_WEB)('what somebody else has changed is shown, and nothing is lost', async () => {
    const here = await startWithCollection();
    const page = await openCollection(here, { expectedErrors: REFUSED });
    const options = { nowMs: here.clock.now(), within: undefined };
    await here.store.placeInCollection(FIRST, { ids: tasksOf(6), before: taskIdOf(3) }, options);
    await getPicture(page, taskIdOf(0)).focus();
    await page.keyboard.press('Alt+ArrowRight');
    await getToast(page).getByText('Somebody else has changed this collection.').waitFor();
    await expectOrder(here, page, 6, 3, 0, 4, 1, 2);
    await getPicture(page, taskIdOf(0)).focus();
    await page.keyboard.press('Alt+ArrowRight');
    await expectOrder(here, page, 6, 3, 4, 0, 1, 2);

    await here.store.changeCollection(FIRST, { name: 'Theirs' }, options);
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByLabel('Name').fill('Mine');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.locator('dialog').getByText('Somebody else has changed this collection.').waitFor();
    expect(await page.getByLabel('Name').inputValue()).toBe('Mine');
    await page.locator('h1', { hasText: 'Theirs' }).waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'Mine' }).waitFor();
  });

  test.runIf(IS_WHOLE_WEB)(
    'a collection that somebody else has deleted is said not to be there',
    async () => {
      const here = await startWithCollection();
      const page = await openCollection(here, { expectedErrors: REFUSED });
      await here.store.removeCollection(FIRST, { nowMs: 1, within: undefined });
      await getPicture(page, taskIdOf(0)).focus();
      await page.keyboard.press('Alt+ArrowRight');
      await page.getByRole('heading', { name: 'This collection is not there.' }).waitFor();
      await expectFocus(page);
      const unknown = await openCollection(here, { expectedErrors: REFUSED, hasScript: false });
      await unknown.getByRole('link', { name: 'All collections' }).click();
      await unknown.getByText('No collections yet').waitFor();
    },
  );

  test.runIf(IS_WHOLE_WEB)(
    'a mirror that does not answer: the pictures go back, and it is said',
    async () => {
      const here = await startWithCollection();
      const page = await openCollection(here, { expectedErrors: NO_CONNECTION });
      await page.route('**/api/collections/**', (route) => route.abort());
      await getPicture(page, taskIdOf(0)).focus();
      await page.keyboard.press('Alt+ArrowRight');
      await getToast(page).getByText('The connection to the mirror is lost.').waitFor();
      await page.locator('.trouble:visible').waitFor();
      await page.unroute('**/api/collections/**');
      await expectOrder(here, page, 3, 0, 4, 1, 2, 6);
      await expect.poll(() => page.locator('.trouble:visible').count()).toBe(0);
    },
  );

  test.runIf(IS_WHOLE_WEB)('a task that is finished, or forgotten, changes its picture', async () => {
    const here = await startWithCollection();
    const page = await openCollection(here);
    await here.request('/api/forget', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ids: tasksOf(1) }),
    });
    await expect
      .poll(() => getPicture(page, taskIdOf(1)).getAttribute('aria-label'))
      .toBe('Not in the mirror any more');
  });
});

describe('tokens', () => {
  test.runIf(IS_WHOLE_WEB)(
    'one that may only read finds nothing that changes something, nor the link',
    async () => {
      const here = await startWithCollection({ tokens: 'a-token-of-the-mirror' });
      await here.store.changeCollection(
        FIRST,
        { link: { key: 'the-secret-key', showsPrompts: true } },
        { nowMs: 1, within: undefined },
      );
      const headers = await addToken(here, { isReadOnly: true });
      const list = await openPage(here, '/collections', { headers });
      await list.getByText('Shared').waitFor();
      expect(await list.locator('.collections-head button').count()).toBe(0);
      const page = await openCollection(here, { headers });
      await page.getByText('Shared').waitFor();
      expect(await page.locator('main button').allInnerTexts()).toEqual(['Download zip']);
      await getPicture(page, taskIdOf(0)).focus();
      for (const key of ['Delete', 'Alt+ArrowRight', 'Control+z']) await page.keyboard.press(key);
      await page.keyboard.press('ArrowLeft');
      await expectFocus(page, `[data-id="${taskIdOf(3)}"]`);
      expect(await page.content()).not.toContain('the-secret-key');
      await expect.poll(() => readOrder(here, FIRST)).toEqual(tasksOf(3, 0, 4, 1, 2, 6));
    },
  );

  test.runIf(IS_WHOLE_WEB)('a limited one sees the collections of its own limits', async () => {
    const here = await startWithCollection({ tokens: 'a-token-of-the-mirror' });
    const limits = { userIds: ['caller-1'], applicationIds: [] };
    await storeCollection(here, 2, [], { name: 'Mine', limits });
    const page = await openPage(here, '/collections', { headers: await addToken(here, { limits }) });
    expect(await page.locator('.collection-name').allInnerTexts()).toEqual(['Mine']);
    const other = await here.get(`/collections?id=${FIRST}`, await addToken(here, { limits }));
    expect(other.status).toBe(404);
    expect(await other.text()).not.toContain('Posters');
  });
});
