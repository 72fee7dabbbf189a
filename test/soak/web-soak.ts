/**
 * `npm run test:web-soak`: 1,000 opened tasks, 200 searches and 20 zips in one page. The heap and the nodes of the page, and the
 * memory of the server, may grow by 5 % over the last half, each after garbage has been collected. `-- 4` is a fifth of it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { printTable, type Row } from '../bench/table.ts';
import { launchChromium, openBlankPage, waitForWall } from '../bench/web/chromium.ts';
import { fillGallery } from '../bench/web/gallery-data.ts';
import { growth } from './checks.ts';
import { startObservedServer } from './observed-server.ts';

const ROUNDS = Number(process.argv[2] ?? 20);
/** In each round, besides a zip. */
const TASKS_OPENED = 5;
const NEIGHBOURS = 9;
const SEARCHES = 10;
const TASKS_ZIPPED = 20;
const TASKS = 5000;
const MAX_GROWTH = 1.05;
const WORDS = [
  'lighthouse',
  'golden river',
  'cat or fox',
  'snow',
  'violinist',
  '猫',
  'model:flux-dev',
  'silk',
];

interface Sample {
  readonly 'heap of the page': number;
  readonly 'nodes of the page': number;
  readonly 'heap of the server': number;
  readonly 'resident memory of the server': number;
}

const dataDir = mkdtempSync(join(tmpdir(), 'flux-mirror-soak-'));
await fillGallery(dataDir, TASKS);
const server = await startObservedServer(dataDir);
const browser = await launchChromium();
try {
  const started = performance.now();
  const { page, cdp } = await openBlankPage(browser);
  await page.goto(`${server.url}/`);
  await waitForWall(page);
  const samples: Sample[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    await openTasks(page, round);
    await search(page, round);
    await downloadZip(page);
    await cdp.send('HeapProfiler.collectGarbage');
    const { usedSize } = await cdp.send('Runtime.getHeapUsage');
    const { nodes } = await cdp.send('Memory.getDOMCounters');
    const { heapUsed, rss } = await server.readMemory();
    samples.push({
      ...{ 'heap of the page': usedSize, 'nodes of the page': nodes },
      ...{ 'heap of the server': heapUsed, 'resident memory of the server': rss },
    });
    console.error(`round ${round + 1} of ${ROUNDS}: ${JSON.stringify(samples.at(-1))}`);
  }
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(
    `${ROUNDS * TASKS_OPENED * (NEIGHBOURS + 1)} tasks, ${ROUNDS * SEARCHES} searches and ${ROUNDS} zips in ${seconds} s, load ${loadavg()[0]?.toFixed(1)}`,
  );
  printTable('Growth over the last half', describeGrowth(samples));
} finally {
  await browser.close();
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
}

async function openTasks(page: Page, round: number): Promise<void> {
  for (let at = 0; at < TASKS_OPENED; at += 1) {
    await page.evaluate((place) => scrollTo(0, place), 300 * (round * TASKS_OPENED + at));
    await waitForWall(page);
    const tile = page.locator('.tile a[data-id]').nth(20 + at);
    await Promise.all([waitForDetails(page), tile.click()]);
    for (let step = 0; step < NEIGHBOURS; step += 1) {
      await page.waitForFunction(
        () => document.querySelector<HTMLImageElement>('dialog[open] img')?.complete,
      );
      await Promise.all([waitForDetails(page), page.keyboard.press('ArrowRight')]);
    }
    await page.keyboard.press('Escape');
    await page.waitForSelector('dialog[open]', { state: 'detached' });
  }
}

async function search(page: Page, round: number): Promise<void> {
  for (let at = 0; at < SEARCHES - 1; at += 1) await find(page, WORDS[(round + at) % WORDS.length] ?? '');
  await find(page, '');
}

/** Asks once: letters that are typed would be searched for as well, and what is selected ends with the last answer. */
async function find(page: Page, text: string): Promise<void> {
  const last = text === '' || text.includes(':') ? '/api/wall/layout' : '/api/search';
  const answered = page.waitForResponse((answer) => answer.url().includes(last));
  await page.evaluate((value) => {
    const input = document.querySelector<HTMLInputElement>('#search');
    if (!input) throw new Error('the page has no search box');
    input.value = value;
    input.dispatchEvent(new Event('input', { bubbles: true }));
    input.form?.requestSubmit();
  }, text);
  await (await answered).finished();
  await page.evaluate(async () => {
    for (let frame = 0; frame < 3; frame += 1) await new Promise((resolve) => requestAnimationFrame(resolve));
  });
  await waitForWall(page);
}

async function downloadZip(page: Page): Promise<void> {
  await page.locator('.tile').first().hover();
  await page.locator('.tile .tick').first().click();
  await page
    .locator('.tile a[data-id]')
    .nth(TASKS_ZIPPED - 1)
    .click({ modifiers: ['Shift'] });
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.locator('.selection button', { hasText: 'zip' }).first().click(),
  ]);
  await download.path();
  await download.delete();
  await page.locator('.selection .icon-button').click();
  await page.waitForSelector('.selection', { state: 'detached' });
}

function waitForDetails(page: Page): Promise<unknown> {
  return page.waitForResponse((answer) => answer.url().includes('/details'));
}

function describeGrowth(samples: readonly Sample[]): Row[] {
  const names = Object.keys(samples[0] ?? {}) as (keyof Sample)[];
  return names.map((what) => {
    const values = samples.slice(Math.floor(samples.length / 2)).map((sample) => sample[what]);
    const factor = growth(values);
    if (factor > MAX_GROWTH) process.exitCode = 1;
    const [first = 0, last = 0] = [values[0], values.at(-1)];
    const isCount = what.startsWith('nodes');
    const format = (value: number) =>
      isCount ? value.toLocaleString('en') : `${(value / 2 ** 20).toFixed(1)} MiB`;
    const percent = ((factor - 1) * 100).toFixed(1);
    return { what, value: `${percent} % (${format(first)} to ${format(last)})`, wanted: 'at most 5 %' };
  });
}
