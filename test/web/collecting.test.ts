/** Collections on the wall: what is selected, and the open task, are put into them. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { addToken } from '../helpers/access-token.ts';
import type { TestMirror } from '../helpers/test-mirror.ts';
import { IS_WHOLE_WEB } from '../helpers/thorough.ts';
import { findAccessibilityProblems } from './accessibility.ts';
import { findSidewaysScroll, type PageOptions, useBrowser } from './browser.ts';
import { collectionIdOf, readOrder, storeCollection } from './collection-data.ts';
import { expectFocus, getTask, getTile } from './gallery.ts';
import { startFilledMirror, taskIdOf } from './wall-data.ts';

const { openPage } = useBrowser();

const POSTERS = collectionIdOf(1);
const SENT = collectionIdOf(2);
const REFUSED = [/status of 4\d\d/];

/** Two collections, one of which has a task. */
async function startWithCollections(
  count: number,
  settings: Parameters<typeof startFilledMirror>[1] = {},
): Promise<TestMirror> {
  const here = await startFilledMirror(count, settings);
  await storeCollection(here, 1, [taskIdOf(4)], { name: 'Posters' });
  await storeCollection(here, 2, [], { name: 'Sent, all of them' });
  return here;
}

function openWall(here: TestMirror, path = '/', options: PageOptions = {}): Promise<Page> {
  // Answers come later than browsers remember a key, on a slow machine.
  return openPage(here, path, { mayMove: true, ...options });
}

/** Selects tiles one after the other, and opens the list of collections. */
async function selectFor(page: Page, ...numbers: number[]): Promise<void> {
  for (const number of numbers) {
    await getTile(page, taskIdOf(number)).focus();
    await page.keyboard.press('x');
  }
  await openPicker(page);
}

async function openPicker(page: Page): Promise<void> {
  await page.keyboard.press('a');
  await expectFocus(page, '.picker input');
  await page.locator('.picker li').first().waitFor();
}

/** The open task has one of its own. */
const getToast = (page: Page) => page.locator('.toast').last();
const undo = (page: Page) => getToast(page).getByRole('button', { name: 'Undo' }).click();

describe('a selection', () => {
  test('is added to a collection that is found by its name, and taken out again', async () => {
    const here = await startWithCollections(9);
    const page = await openWall(here);
    await selectFor(page, 2, 4, 1);
    await page.keyboard.type('post');
    await expect.poll(() => page.locator('.picker li').count()).toBe(1);
    await page.locator('.picker').getByRole('button', { name: 'Posters' }).click();
    // One of them was there, and stays where it was.
    await getToast(page).getByText('2 tasks added to “Posters”').waitFor();
    await expect.poll(() => readOrder(here, POSTERS)).toEqual([4, 2, 1].map(taskIdOf));
    await page.getByText('3 selected', { exact: true }).waitFor();
    await undo(page);
    await getToast(page).getByText('Undone').waitFor();
    await expect.poll(() => readOrder(here, POSTERS)).toEqual([taskIdOf(4)]);
    await expectFocus(page);
  });

  test.runIf(IS_WHOLE_WEB)('is added to a new collection, which goes with Undo', async () => {
    const here = await startWithCollections(9);
    const page = await openWall(here);
    await selectFor(page, 0, 3);
    await page.keyboard.type('Sea side');
    await page.getByRole('button', { name: 'New collection “Sea side”' }).waitFor();
    await page.keyboard.press('Enter');
    await getToast(page).getByText('2 tasks added to “Sea side”').waitFor();
    const made = (await here.store.collections(undefined)).find(({ name }) => name === 'Sea side');
    await expect.poll(() => readOrder(here, made?.id ?? '')).toEqual([0, 3].map(taskIdOf));
    await undo(page);
    await getToast(page).getByText('Undone').waitFor();
    expect((await here.store.collections(undefined)).map(({ name }) => name)).toEqual([
      'Posters',
      'Sent, all of them',
    ]);
  });

  test('of everything that matches is added by its exact count, but for what was left out', async () => {
    const here = await startWithCollections(9);
    const page = await openWall(here, '/?model=flux-dev');
    await page.keyboard.press('Control+a');
    await page.getByText('5 selected', { exact: true }).waitFor();
    await getTile(page, taskIdOf(2)).focus();
    await page.keyboard.press('x');
    await page.getByText('4 selected', { exact: true }).waitFor();
    await openPicker(page);
    expect(await findAccessibilityProblems(page)).toEqual([]);
    await page.locator('.picker').getByRole('button', { name: /^Sent/ }).click();
    await getToast(page).getByText('4 tasks added to “Sent, all of them”').waitFor();
    await expect.poll(() => readOrder(here, SENT)).toEqual([8, 6, 4, 0].map(taskIdOf));
    await undo(page);
    await expect.poll(() => readOrder(here, SENT)).toEqual([]);
  });

  test.runIf(IS_WHOLE_WEB)(
    'of more than one request takes is added whole, and taken out whole',
    async () => {
      const here = await startWithCollections(5200);
      const page = await openWall(here);
      await page.keyboard.press('Control+a');
      await page.getByText('5,200 selected', { exact: true }).waitFor();
      await openPicker(page);
      await page.locator('.picker').getByRole('button', { name: /^Sent/ }).click();
      await getToast(page).getByText('5,200 tasks added to “Sent, all of them”').waitFor();
      await expect.poll(() => readOrder(here, SENT)).toHaveLength(5200);
      await undo(page);
      await getToast(page).getByText('Undone').waitFor();
      await expect.poll(() => readOrder(here, SENT)).toEqual([]);
    },
    120_000,
  );

  test.runIf(IS_WHOLE_WEB)('of a search that has changed meanwhile is not added', async () => {
    const here = await startWithCollections(9);
    const page = await openWall(here, '/', { expectedErrors: REFUSED });
    await page.keyboard.press('Control+a');
    await page.getByText('9 selected', { exact: true }).waitFor();
    await openPicker(page);
    await here.store.mark([{ id: taskIdOf(5), change: { hidden: true } }], { nowMs: 1, within: undefined });
    await page.locator('.picker').getByRole('button', { name: /^Sent/ }).click();
    await getToast(page).getByText('The search has changed meanwhile').waitFor();
    await expect.poll(() => readOrder(here, SENT)).toEqual([]);
  });

  test.runIf(IS_WHOLE_WEB)(
    'a collection that somebody else has deleted is said not to be there',
    async () => {
      const here = await startWithCollections(9);
      const page = await openWall(here, '/', { expectedErrors: REFUSED });
      await selectFor(page, 2);
      await here.store.removeCollection(SENT, { nowMs: 1, within: undefined });
      await page.locator('.picker').getByRole('button', { name: /^Sent/ }).click();
      await getToast(page).getByText('This collection is not there any more.').waitFor();
    },
  );

  test.runIf(IS_WHOLE_WEB)('without a collection, only a new one is offered', async () => {
    const here = await startFilledMirror(3);
    const page = await openWall(here);
    await getTile(page, taskIdOf(0)).focus();
    await page.keyboard.press('x');
    await page.keyboard.press('a');
    await expectFocus(page, '.picker input');
    await page.keyboard.type('First');
    await page.getByRole('button', { name: 'New collection “First”' }).click();
    await getToast(page).getByText('1 task added to “First”').waitFor();
  });
});

describe('the open task', () => {
  const getOwn = (page: Page) => getTask(page).locator('.task-collections .tag');

  test.runIf(IS_WHOLE_WEB)('says which collections it is in, and is put into others', async () => {
    const here = await startWithCollections(9);
    const page = await openWall(here);
    await getTile(page, taskIdOf(4)).focus();
    await page.keyboard.press('a'); // opens it, at its collections
    await expectFocus(page, '.picker input');
    await expect.poll(() => getOwn(page).allInnerTexts()).toEqual(['Posters']);
    const getBox = (name: RegExp) => getTask(page).getByRole('checkbox', { name });
    await expect.poll(() => getBox(/Posters/).isChecked()).toBe(true);
    await getBox(/Sent/).click();
    await expect.poll(() => getOwn(page).count()).toBe(2);
    await expect.poll(() => readOrder(here, SENT)).toEqual([taskIdOf(4)]);
    await undo(page);
    await expect.poll(() => getOwn(page).allInnerTexts()).toEqual(['Posters']);
    await expect.poll(() => readOrder(here, SENT)).toEqual([]);

    await getTask(page).getByRole('button', { name: 'Collections', exact: true }).click();
    await page.locator('.picker li').first().waitFor();
    expect(await findAccessibilityProblems(page)).toEqual([]);
    await page.keyboard.type('New one');
    await page.keyboard.press('Enter');
    await expect.poll(() => getOwn(page).allInnerTexts()).toEqual(['New one', 'Posters']);
    await page.keyboard.press('Escape');
    await page.locator('.picker').waitFor({ state: 'detached' });
    await expectFocus(page, 'dialog *');
    await getTask(page).getByRole('button', { name: 'Remove Posters' }).click();
    await getToast(page).getByText('Removed from “Posters”').waitFor();
    await expect.poll(() => getOwn(page).allInnerTexts()).toEqual(['New one']);
    await undo(page);
    await expect.poll(() => getOwn(page).allInnerTexts()).toEqual(['New one', 'Posters']);
    await getTask(page).getByRole('link', { name: 'Posters' }).click();
    await page.getByRole('heading', { name: 'Posters' }).waitFor();
  });

  test.runIf(IS_WHOLE_WEB)('its collections move nothing when they come', async () => {
    const here = await startWithCollections(9);
    const page = await openPage(here, `/?task=${taskIdOf(4)}`);
    await getOwn(page).first().waitFor();
  });

  test.runIf(IS_WHOLE_WEB)(
    'of a token that may only read has its collections, and nothing that changes them',
    async () => {
      const here = await startWithCollections(9, { tokens: 'a-token-of-the-mirror' });
      const headers = await addToken(here, { isReadOnly: true });
      const page = await openWall(here, `/?task=${taskIdOf(4)}`, { headers });
      await getOwn(page).getByText('Posters').waitFor();
      expect(await getTask(page).locator('.task-collections button').count()).toBe(0);
      await page.keyboard.press('a');
      await page.keyboard.press('Escape');
      await getTask(page).waitFor({ state: 'detached' });
      await getTile(page, taskIdOf(4)).focus();
      await page.keyboard.press('x');
      await page.locator('.selection').waitFor();
      await page.keyboard.press('a');
      expect(await page.getByRole('button', { name: 'Add to collection' }).count()).toBe(0);
      expect(await page.locator('.picker').count()).toBe(0);
    },
  );
});

test.runIf(IS_WHOLE_WEB).each(['light', 'dark'] as const)(
  'axe finds nothing on a narrow page in Chinese, %s',
  async (theme) => {
    const here = await startWithCollections(6);
    const looks = { theme, language: 'zh', width: 360, height: 740 } as const;
    const page = await openWall(here, '/', looks);
    await selectFor(page, 2);
    expect(await findAccessibilityProblems(page)).toEqual([]);
    expect(await findSidewaysScroll(page)).toBe(0);
    const task = await openWall(here, `/?task=${taskIdOf(4)}`, looks);
    await task.locator('.task-collections .tag').waitFor();
    await openPicker(task);
    expect(await findAccessibilityProblems(task)).toEqual([]);
    expect(await findSidewaysScroll(task)).toBe(0);
  },
);
