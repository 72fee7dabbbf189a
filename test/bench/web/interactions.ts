/** Interaction to next paint: the longest time from a key or a click to the frame that shows what it has done. */
import type { Browser, Page } from 'playwright-core';
import type { Row } from '../table.ts';
import { openBlankPage, waitForWall } from './chromium.ts';

const TEXTS = ['lighthouse fog', 'cat portrait', 'golden river boat'];
const TILES = 15;
/** As people type. Milliseconds. */
const KEY_DELAY_MS = 90;
const WANTED = 'at most 100 ms';

export async function benchInteractions(browser: Browser, url: string): Promise<Row[]> {
  const { page, close } = await openBlankPage(browser, observeInteractions);
  await page.goto(`${url}/`);
  await waitForWall(page);
  const rows = [
    await measureReference(browser, url),
    await measure(page, 'typing', typeSearches),
    await measure(page, 'opening and closing a task', openTasks),
    await measure(page, 'selecting', selectTiles),
  ];
  await close();
  return rows;
}

/** The same texts, typed into the field of a page that does nothing with them: what the machine and the browser take. */
async function measureReference(browser: Browser, url: string): Promise<Row> {
  const { page, close } = await openBlankPage(browser, observeInteractions);
  await page.goto(`${url}/sign-in`);
  const { what, value } = await measure(page, 'typing into a page of text', async () => {
    for (const text of TEXTS) await page.locator('#token').pressSequentially(text, { delay: KEY_DELAY_MS });
  });
  await close();
  return { what, value };
}

async function measure(page: Page, what: string, act: (page: Page) => Promise<void>): Promise<Row> {
  await takeDurations(page);
  await act(page);
  const durations = await takeDurations(page);
  const sorted = durations.sort((a, b) => a - b);
  const typical = sorted[Math.floor(sorted.length / 2)] ?? 16;
  const value = `${sorted.at(-1) ?? 16} ms (half of ${durations.length} within ${typical} ms)`;
  return { what: `interaction to next paint, ${what}`, value, wanted: WANTED };
}

async function typeSearches(page: Page): Promise<void> {
  for (const text of TEXTS) {
    await page.click('#search');
    await page.keyboard.type(text, { delay: KEY_DELAY_MS });
    await page.keyboard.press('Enter');
    await waitForWall(page);
    await page.click('#search');
    await page.keyboard.press('Control+A');
    await page.keyboard.press('Backspace');
    await page.keyboard.press('Enter');
    await waitForWall(page);
  }
}

async function openTasks(page: Page): Promise<void> {
  for (let at = 0; at < TILES; at += 1) {
    await page.locator('.tile a[data-id]').nth(at).click();
    await page.waitForSelector('dialog[open]');
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction(() => document.querySelector<HTMLImageElement>('dialog img')?.complete);
    await page.keyboard.press('Escape');
    await page.waitForSelector('dialog[open]', { state: 'detached' });
  }
}

async function selectTiles(page: Page): Promise<void> {
  for (let at = 0; at < TILES; at += 1) {
    const tile = page.locator('.tile').nth(at);
    await tile.hover();
    await tile.locator('.tick').click();
  }
  await page.keyboard.press('Escape');
}

/** The interactions since the last call. @returns milliseconds, in steps of 8 as browsers report them */
function takeDurations(page: Page): Promise<number[]> {
  return page.evaluate(async () => {
    // An interaction is reported after the frame that shows it.
    for (let frame = 0; frame < 3; frame += 1) await new Promise((resolve) => requestAnimationFrame(resolve));
    const interactions = Reflect.get(window, 'benchInteractions') as Map<number, number>;
    const durations = [...interactions.values()];
    interactions.clear();
    return durations;
  });
}

/** Runs in the page, before its own script: the longest event of each interaction. */
function observeInteractions(): void {
  const interactions = new Map<number, number>();
  Object.assign(window, { benchInteractions: interactions });
  new PerformanceObserver((list) => {
    // The typings of TypeScript know no interactions.
    for (const entry of list.getEntries() as (PerformanceEntry & { interactionId: number })[]) {
      if (entry.interactionId === 0) continue;
      interactions.set(
        entry.interactionId,
        Math.max(interactions.get(entry.interactionId) ?? 0, entry.duration),
      );
    }
  }).observe({ type: 'event', durationThreshold: 16 } as PerformanceObserverInit);
}
