/** A link to a task: when it is closed, the wall is at its tile, which has the focus, wherever that is. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { IS_WHOLE_WEB } from '../helpers/thorough.ts';
import { useBrowser } from './browser.ts';
import { expectFocus, getTask, getTile } from './gallery.ts';
import { startFilledMirror, taskIdOf } from './wall-data.ts';

const { openPage } = useBrowser();

/** Below what covers the top of the window. */
async function expectTileInWindow(page: Page, id: string): Promise<void> {
  await expectFocus(page, `[data-id="${id}"]`);
  await expect
    .poll(() =>
      getTile(page, id).evaluate((frame) => {
        const { top, bottom } = frame.getBoundingClientRect();
        const header = document.querySelector('.sticky-filters')?.getBoundingClientRect().bottom ?? 0;
        return bottom > header && top < window.innerHeight;
      }),
    )
    .toBe(true);
}

const TASKS: [string, number, string][] = [
  ['that is many months away', 700, ''],
  ['of this month', 6, ''],
  ['that is many months away, the oldest first', 200, '&sort=oldest'],
  ['among those of a search', 512, '&q=siamese&sort=newest'],
  ['among those of a model', 512, '&model=flux-dev'],
];

test.each(IS_WHOLE_WEB ? TASKS : TASKS.slice(0, 1))('a task %s', async (_what, number, parameters) => {
  const page = await openPage(await startFilledMirror(900), `/?task=${taskIdOf(number)}${parameters}`, {
    mayMove: true,
  });
  await getTask(page).waitFor();
  await page.keyboard.press('Escape');
  await getTask(page).waitFor({ state: 'detached' });
  await expectTileInWindow(page, taskIdOf(number));
  expect(new URL(page.url()).searchParams.has('task')).toBe(false);
  // From there, the keyboard goes on.
  await page.keyboard.press('ArrowRight');
  await expectFocus(page, `.frame:not([data-id="${taskIdOf(number)}"])`);
});

test.runIf(IS_WHOLE_WEB)(
  'a task months away is left by the page’s own Back after it was walked to',
  async () => {
    const page = await openPage(await startFilledMirror(900), `/?task=${taskIdOf(500)}`, { mayMove: true });
    await getTask(page).locator('.prompt').waitFor();
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => new URL(page.url()).searchParams.get('task')).toBe(taskIdOf(501));
    await expect.poll(() => page.locator('.stage-where').textContent()).toMatch(/^\d+ of \d+/);
    await getTask(page).locator('.prompt').getByText('number 501').waitFor();
    await page.getByRole('link', { name: 'Back' }).click();
    await expectTileInWindow(page, taskIdOf(501));
  },
);

test.runIf(IS_WHOLE_WEB)(
  'the page’s own Back leaves the wall as it was before a task was opened',
  async () => {
    const page = await openPage(await startFilledMirror(300), '/');
    await page.mouse.wheel(0, 1500);
    await expect.poll(() => page.evaluate(() => window.scrollY)).toBe(1500);
    const id = await page.locator('.frame').filter({ visible: true }).nth(20).getAttribute('data-id');
    const tile = getTile(page, id ?? '');
    await tile.scrollIntoViewIfNeeded();
    const before = await page.evaluate(() => [window.scrollY, history.length]);
    await tile.click();
    await getTask(page).locator('.prompt').waitFor();
    await page.getByRole('link', { name: 'Back' }).click();
    await getTask(page).waitFor({ state: 'detached' });
    await expectTileInWindow(page, id ?? '');
    await page.waitForTimeout(300); // were the search loaded again, the wall would be at its top by now
    expect(await page.evaluate(() => [window.scrollY, history.length - 1])).toEqual(before);
    expect(new URL(page.url()).search).toBe('');
  },
);
