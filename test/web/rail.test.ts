/** The rail of months ends within the window, whatever stands above it. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { IS_WHOLE_WEB } from '../helpers/thorough.ts';
import { useBrowser } from './browser.ts';
import { getTrouble } from './gallery.ts';
import { startFilledMirror } from './wall-data.ts';

const { openPage } = useBrowser();

/** Between the rail's end and that of the window. */
const readRest = (page: Page) =>
  page.$eval('#rail', (rail) => window.innerHeight - rail.getBoundingClientRect().bottom);
const scrollTo = (page: Page, top: number) =>
  page.evaluate((y) => window.scrollTo({ top: y, behavior: 'instant' }), top);

test('below the filters', async () => {
  const page = await openPage(await startFilledMirror(300), '/');
  expect(await readRest(page)).toBeGreaterThanOrEqual(20);
  await scrollTo(page, 2000);
  await expect.poll(() => readRest(page)).toBeCloseTo(28, 0);
});

test.runIf(IS_WHOLE_WEB)('below a line that says what is wrong', async () => {
  const page = await openPage(await startFilledMirror(300, { offline: 'true' }), '/');
  await getTrouble(page).waitFor();
  expect(await readRest(page)).toBeCloseTo(28, 0);
  await scrollTo(page, 2000);
  await expect.poll(() => readRest(page)).toBeGreaterThan(28);
});

test.runIf(IS_WHOLE_WEB)('below the parts of a search, which come and go', async () => {
  const page = await openPage(await startFilledMirror(300), '/?q=model:flux-dev+state:succeeded', {
    mayMove: true,
  });
  await page.locator('.parts').waitFor();
  expect(await readRest(page)).toBeCloseTo(28, 0);
  const height = await page.$eval('#rail', (rail) => rail.clientHeight);
  await page.locator('.search-clear').click();
  await page.locator('.parts').waitFor({ state: 'detached' });
  await expect.poll(() => page.$eval('#rail', (rail) => rail.clientHeight)).toBeGreaterThan(height + 20);
  expect(await readRest(page)).toBeGreaterThanOrEqual(20);
});
