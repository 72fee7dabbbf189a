/** Chromium for benchmarks: a page in a context of its own, with an empty cache and a report of what it has measured. */
import { type Browser, type BrowserContext, type CDPSession, chromium, type Page } from 'playwright-core';
import { findChromium } from '../../helpers/chromium.ts';

export const WINDOW = { width: 1440, height: 900 };
/** Nothing that calls home, or that a container has not. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];
/** The names that tsx gives to functions within functions are unknown in a page. */
const NAME_HELPER = 'globalThis.__name = (value) => value';

export interface BenchPage {
  readonly page: Page;
  readonly cdp: CDPSession;
  close(): Promise<void>;
}

export async function launchChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('the benchmark needs Chromium (Debian: chromium)');
  return chromium.launch({ executablePath, args: ARGUMENTS });
}

/** @param prepare runs in the page before its own script */
export async function openBlankPage(browser: Browser, prepare?: () => void): Promise<BenchPage> {
  const context: BrowserContext = await browser.newContext({ viewport: WINDOW, timezoneId: 'UTC' });
  await context.addInitScript(NAME_HELPER);
  if (prepare) await context.addInitScript(prepare);
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  return { page, cdp, close: () => context.close() };
}

/** Waits until the wall's script has taken over and all pictures in the window are there. */
export async function waitForWall(page: Page): Promise<void> {
  await page.waitForSelector('html[data-ready]');
  await page.waitForFunction(
    () => {
      const images = [...document.querySelectorAll<HTMLImageElement>('.tile img')].filter((image) => {
        const { top, bottom } = image.getBoundingClientRect();
        return bottom > 0 && top < innerHeight;
      });
      return images.length > 0 && images.every(({ complete }) => complete);
    },
    undefined,
    { polling: 50 },
  );
}
