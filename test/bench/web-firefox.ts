/**
 * `npm run bench:firefox`: whether Firefox reaches the last of 1,000,000 tasks, over WebDriver BiDi. Needs a Firefox (Debian:
 * firefox-esr). Firefox shows nothing of a box that is too high, so this can only be tried in it. BENCH_DATA as for bench:web.
 */
import { loadavg } from 'node:os';
import puppeteer, { type KeyInput, type Page } from 'puppeteer-core';
import { findFirefox } from '../helpers/chromium.ts';
import { printTable } from './table.ts';
import { WINDOW } from './web/chromium.ts';
import { openGalleryData } from './web/gallery-folder.ts';
import { findOldestTask, withGalleryServer } from './web/gallery-server.ts';
import { benchReaching, COUNT_TILES, type DrivenPage } from './web/reaching.ts';

const MILLION = 1_000_000;

const executablePath = findFirefox();
if (executablePath === undefined) throw new Error('this needs Firefox (Debian: firefox-esr)');
const data = openGalleryData();
const browser = await puppeteer.launch({ browser: 'firefox', executablePath, headless: true });
try {
  console.log(`${await browser.version()}, Node ${process.version}, load ${loadavg()[0]?.toFixed(1)}`);
  const dataDir = await data.prepare(MILLION);
  await withGalleryServer(dataDir, async (url) => {
    const page = await browser.newPage();
    await page.setViewport(WINDOW);
    await page.evaluateOnNewDocument(COUNT_TILES);
    const errors: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    page.on('pageerror', (error) => errors.push(String(error)));
    const rows = await benchReaching(drivePage(page, url), await findOldestTask(url));
    printTable('Reaching the last of 1,000,000 tasks in Firefox', [
      ...rows,
      { what: 'errors of the console', value: errors.join('; ') || 'none', wanted: 'none' },
    ]);
    if (errors.length > 0 || rows.some(({ value }) => value === 'missed')) process.exitCode = 1;
  });
} finally {
  await browser.close();
  data.close();
}

function drivePage(page: Page, url: string): DrivenPage {
  return {
    open: async () => {
      await page.goto(`${url}/`);
      await page.waitForSelector('html[data-ready]');
    },
    evaluate: (expression) => page.evaluate(expression),
    press: (key) => page.keyboard.press(key as KeyInput),
    wheel: async (deltaY) => {
      await page.mouse.move(WINDOW.width / 2, WINDOW.height / 2);
      await page.mouse.wheel({ deltaY });
    },
    drag: async ([from, ...others]) => {
      await page.mouse.move(from.x, from.y);
      await page.mouse.down();
      for (const { x, y } of others) await page.mouse.move(x, y, { steps: 5 });
      await page.mouse.up();
    },
  };
}
