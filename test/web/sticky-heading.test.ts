/** The month at the top of the window stays there while its tiles go by. Nothing moves by it: pages that shift fail. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { IS_WHOLE_WEB } from '../helpers/thorough.ts';
import { useBrowser } from './browser.ts';
import { startFilledMirror } from './wall-data.ts';

const { openPage } = useBrowser();

const sticky = (page: Page) => page.locator('.sticky-heading');

const scrollTo = (page: Page, top: number) =>
  page.evaluate(async (y) => {
    window.scrollTo({ top: y, behavior: 'instant' });
    for (let frame = 0; frame < 3; frame += 1) await new Promise((resolve) => requestAnimationFrame(resolve));
  }, top);

/** Where the text of a heading begins in the window. */
const readTextPlace = (page: Page, selector: string) =>
  page.$eval(selector, (heading) => {
    const range = document.createRange();
    range.selectNodeContents(heading);
    const { x, y } = range.getBoundingClientRect();
    return { x, y };
  });

describe.each(IS_WHOLE_WEB ? [360, 768, 1440] : [360])('the heading at the top, %d pixels wide', (width) => {
  test('takes over from that of the month, and is pushed away by the next', async () => {
    const page = await openPage(await startFilledMirror(300), '/', { width });
    expect(await sticky(page).count()).toBe(0);
    const [first, second] = await page.locator('h2.section-title').allTextContents();
    const tops = await page.$$eval('.section', (all) =>
      all.map((section) => section.getBoundingClientRect().top),
    );
    const header = await page.$eval('.sticky-filters', (bar) => bar.getBoundingClientRect().bottom);
    const [firstTop = 0, secondTop = 0] = tops.map((top) => top - header);

    await scrollTo(page, Math.ceil(firstTop) + 7);
    await expect.poll(() => sticky(page).textContent()).toBe(first);
    const [below, above] = [
      await readTextPlace(page, '.sticky-heading p'),
      await readTextPlace(page, '.section:first-of-type h2'),
    ];
    expect(below.x).toBeCloseTo(above.x, 0);
    expect(Math.abs(below.y - above.y)).toBeLessThan(2);

    await scrollTo(page, Math.floor(secondTop));
    await expect
      .poll(() => page.$eval('.sticky-heading p', (text) => text.style.transform))
      .toMatch(/-[23]\d/);
    expect(await sticky(page).textContent()).toBe(first);
    await scrollTo(page, Math.ceil(secondTop) + 100);
    await expect.poll(() => sticky(page).textContent()).toBe(second);
    await scrollTo(page, 0);
    await expect.poll(() => sticky(page).count()).toBe(0);
  });

  test.runIf(IS_WHOLE_WEB)('covers neither the focus nor the rail', async () => {
    const page = await openPage(await startFilledMirror(300), '/', { width });
    const readCovered = () =>
      page.evaluate(() => {
        const bar = document.querySelector('.sticky-heading')?.getBoundingClientRect();
        const frame = document.activeElement?.getBoundingClientRect();
        return bar && frame ? Math.max(0, bar.bottom - frame.top) : undefined;
      });
    await page.locator('.frame[tabindex="0"]').focus();
    for (let step = 0; step < 14; step += 1) await page.keyboard.press('ArrowDown');
    for (let step = 0; step < 7; step += 1) {
      await page.keyboard.press('ArrowUp');
      await expect.poll(readCovered).toBe(0);
    }
    // The tile that the Tab key reaches may be above what is seen.
    await page.evaluate(() => window.scrollBy({ top: 250, behavior: 'instant' }));
    await page.locator('#search').focus();
    await page.evaluate(() => document.getElementById('pictures')?.focus({ preventScroll: true }));
    await page.keyboard.press('Tab');
    await expect.poll(readCovered).toBe(0);
    const isOverRail = await page.evaluate(() => {
      const bar = document.querySelector('.sticky-heading')?.getBoundingClientRect();
      const rail = document.getElementById('rail')?.getBoundingClientRect();
      const x = rail ? rail.left + rail.width / 2 : 0;
      return document.elementsFromPoint(x, (bar?.top ?? 0) + 18)[0]?.closest('.sticky-heading') != null;
    });
    expect(width < 1000 || !isOverRail).toBe(true);
  });
});

test.runIf(IS_WHOLE_WEB)('is for the eyes only, and not in the page that the server sends', async () => {
  const here = await startFilledMirror(300);
  expect(await (await here.get('/')).text()).not.toContain('sticky-heading');
  const page = await openPage(here, '/');
  await scrollTo(page, 800);
  expect(await sticky(page).getAttribute('aria-hidden')).toBe('true');
  const headings = await page.getByRole('heading', { level: 2 }).allTextContents();
  expect(new Set(headings).size).toBe(headings.length);
});

test.runIf(IS_WHOLE_WEB)('is absent in the order of best match', async () => {
  const page = await openPage(await startFilledMirror(300), '/?q=cat', { height: 400 });
  await scrollTo(page, 700);
  expect(await page.evaluate(() => window.scrollY)).toBeGreaterThan(300);
  expect(await sticky(page).count()).toBe(0);
});
