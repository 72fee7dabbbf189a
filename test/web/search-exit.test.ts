/** `Esc` leaves the search; once more, it clears it, unless something else is to be closed or the reader has gone elsewhere. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { IS_WHOLE_WEB } from '../helpers/thorough.ts';
import { useBrowser } from './browser.ts';
import { expectFocus } from './gallery.ts';
import { startFilledMirror } from './wall-data.ts';

const { openPage } = useBrowser();

const readQuery = (page: Page) => new URL(page.url()).searchParams.get('q');
const search = (page: Page) => page.locator('#search');
const total = (page: Page) => page.locator('.total');

async function openSearch(q: string): Promise<Page> {
  const page = await openPage(await startFilledMirror(60), `/?${new URLSearchParams({ q })}`, {
    mayMove: true,
  });
  await page.keyboard.press('/');
  await expectFocus(page, '#search');
  return page;
}

test('the first Esc leads to the wall, the second clears the search, and Back brings it back', async () => {
  const page = await openSearch('siamese cat');
  await page.keyboard.press('Escape');
  await expectFocus(page, '.tile a');
  expect(readQuery(page)).toBe('siamese cat');
  await page.keyboard.press('Escape');
  await expect.poll(() => total(page).textContent()).toBe('60 tasks');
  expect([readQuery(page), await search(page).inputValue()]).toEqual([null, '']);
  await expectFocus(page, '.tile a');
  await page.keyboard.press('Escape');
  await expectFocus(page, '.tile a');
  await page.goBack();
  await expect.poll(() => total(page).textContent()).toBe('8 of 60');
  expect(await search(page).inputValue()).toBe('siamese cat');
});

test.runIf(IS_WHOLE_WEB)('a selection is cleared before the search', async () => {
  const page = await openSearch('cat');
  await page.keyboard.press('Escape');
  await page.keyboard.press('x');
  await page.locator('.selection').waitFor();
  await page.keyboard.press('Escape');
  await page.locator('.selection').waitFor({ state: 'detached' });
  expect(readQuery(page)).toBe('cat');
  await page.keyboard.press('Escape');
  await expect.poll(() => readQuery(page)).toBeNull();
});

test.runIf(IS_WHOLE_WEB)('whoever has gone elsewhere since clears nothing', async () => {
  const page = await openSearch('cat');
  await page.keyboard.press('Escape');
  await expectFocus(page, '.tile a');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Escape');
  await page.locator('.search-clear').focus();
  await page.keyboard.press('Escape');
  expect(readQuery(page)).toBe('cat');
  // A menu is left where it was opened, which is not where the search was left.
  await page.keyboard.press('/');
  await page.keyboard.press('Escape');
  await page.keyboard.press('g');
  await page.locator('.popover').waitFor();
  await page.keyboard.press('Escape');
  await page.locator('.popover').waitFor({ state: 'detached' });
  await page.keyboard.press('Escape');
  expect(readQuery(page)).toBe('cat');
});

test.runIf(IS_WHOLE_WEB)(
  'letters that were typed just before are not searched for after they have been cleared',
  async () => {
    const page = await openSearch('');
    await page.keyboard.type('cat');
    await page.keyboard.press('Escape');
    expect(readQuery(page)).toBe('cat');
    await page.keyboard.press('Escape');
    expect(readQuery(page)).toBeNull();
    await page.waitForTimeout(300); // letters are searched for after a pause
    expect([readQuery(page), await search(page).inputValue()]).toEqual([null, '']);
    await expect.poll(() => total(page).textContent()).toBe('60 tasks');
    await page.goBack();
    await expect.poll(() => search(page).inputValue()).toBe('cat');
  },
);

test.runIf(IS_WHOLE_WEB)('the tile that had the focus may go with the matches that arrive', async () => {
  const page = await openSearch('');
  await page.keyboard.type('siamese');
  await page.keyboard.press('Escape');
  await expect.poll(() => total(page).textContent()).toBe('8 of 60');
  await expectFocus(page);
  await page.keyboard.press('Escape');
  await expect.poll(() => total(page).textContent()).toBe('60 tasks');
});

test.runIf(IS_WHOLE_WEB)('a search without hits is left and cleared alike', async () => {
  const page = await openSearch('"siamese cat" "dunes under"');
  await page.locator('.empty').waitFor();
  await page.keyboard.press('Escape');
  await expectFocus(page, '#pictures');
  await page.keyboard.press('Escape');
  await expect.poll(() => total(page).textContent()).toBe('60 tasks');
  await expectFocus(page);
});
