/** Takes the pictures of the README from the demo, in a headless Chromium of the system: npm run screenshots */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { chromium, type Page } from 'playwright-core';
import sharp from 'sharp';
import { findChromium } from '../test/helpers/chromium.ts';

const ROOT = join(import.meta.dirname, '..');
const TARGET = join(ROOT, 'docs/pictures');
const VIEWPORT = { width: 1280, height: 800 };
/** Of the stored pictures. */
const WIDTH = 960;
const QUALITY = 82;

interface Picture {
  readonly name: string;
  readonly path: string;
  readonly theme: 'light' | 'dark';
  readonly prepare?: (page: Page) => Promise<void>;
}

const PICTURES: readonly Picture[] = [
  {
    name: 'wall',
    path: './',
    theme: 'light',
    prepare: async (page) => {
      await page.locator('.is-succeeded .frame img').nth(6).hover();
    },
  },
  {
    name: 'search',
    path: './?q=(cat OR 猫) -dog after:2026&sort=newest&state=succeeded',
    theme: 'dark',
    prepare: async (page) => {
      await page.locator('[data-popover=dates] > button').click();
      await page.locator('.brush').waitFor();
    },
  },
  {
    name: 'task',
    path: './?q=cats&state=succeeded',
    theme: 'dark',
    prepare: async (page) => {
      await page.locator('.is-succeeded .frame:has(img)').first().click();
      await page.locator('.large-picture').waitFor();
      await page.locator('.panel .strip').first().waitFor();
    },
  },
  { name: 'status', path: './status', theme: 'light' },
  { name: 'organise-wall', path: './?is=starred&sort=newest&state=succeeded', theme: 'light' },
  {
    name: 'organise-tags',
    path: './?sort=newest&state=succeeded',
    theme: 'dark',
    prepare: async (page) => {
      await page.locator('[data-popover=tag] > button').click();
      await page.locator('.values input').first().waitFor();
    },
  },
  {
    name: 'organise-task',
    path: './?q=has:note&state=succeeded',
    theme: 'light',
    prepare: async (page) => {
      await page.locator('.is-succeeded .frame:has(img)').first().click();
      await page.locator('.large-picture').waitFor();
      await page.locator('.note-field textarea').first().waitFor();
    },
  },
  {
    name: 'organise-many',
    path: './?q=cats&state=succeeded',
    theme: 'dark',
    prepare: async (page) => {
      await page.locator('.tile a').first().focus();
      for (const key of ['x', 'ArrowRight', 'x', 'ArrowRight', 'x']) await page.keyboard.press(key);
      await page.keyboard.press('t');
      await page.locator('.selection input').first().waitFor();
    },
  },
];

/** The first group of the first line that matches; the output is read on, or the demo would end. */
function waitForLine(demo: ChildProcess, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    if (!demo.stdout) throw new Error('the demo has no output');
    createInterface(demo.stdout).on('line', (line) => {
      const [, found] = pattern.exec(line) ?? [];
      if (found !== undefined) resolve(found);
    });
    demo.once('exit', () => reject(new Error('the demo has ended')));
  });
}

const MAX_PENDING = 3;
/** Those of the vendor's own examples, which the demo does not fetch. */
const FOREIGN_PICTURES = 2;

/** Until the history is stored, nearly all tasks have finished, and their pictures are archived. */
async function waitForPictures(url: string): Promise<void> {
  for (let isReady = false; !isReady; await setTimeout(1000)) {
    const answer = await fetch(`${url}/api/stats`);
    const stats = (await answer.json()) as { images: { wanted: number }; by_state: Record<string, number> };
    const { pending = 0, succeeded = 0 } = stats.by_state;
    isReady = succeeded > 0 && pending <= MAX_PENDING && stats.images.wanted <= FOREIGN_PICTURES;
  }
}

const executablePath = findChromium();
if (executablePath === undefined) throw new Error('there is no Chromium on this machine');
const demo = spawn(process.execPath, [join(ROOT, 'dist/cli/main.js'), 'demo'], {
  stdio: ['ignore', 'pipe', 'ignore'],
});
const ended = once(demo, 'exit');
try {
  const url = await waitForLine(demo, /Gallery: (\S+)/);
  await waitForPictures(url);
  mkdirSync(TARGET, { recursive: true });
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  for (const { name, path, theme, prepare } of PICTURES) {
    const page = await browser.newPage({ viewport: VIEWPORT, colorScheme: theme, locale: 'en-GB' });
    await page.goto(new URL(path, `${url}/`).href);
    await page.waitForSelector('html[data-ready]');
    await prepare?.(page);
    await page.waitForLoadState('networkidle', { timeout: 5000 }).catch(() => undefined); // the event stream stays open
    await sharp(await page.screenshot())
      .resize(WIDTH)
      .webp({ quality: QUALITY })
      .toFile(join(TARGET, `${name}.webp`));
    await page.close();
  }
  await browser.close();
} finally {
  demo.kill('SIGTERM');
  await ended;
}
