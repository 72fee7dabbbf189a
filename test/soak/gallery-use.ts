/** What a reader of the wall does for hours, in one page: opens tasks, searches, downloads; and what memory that takes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { launchChromium, openBlankPage, waitForWall } from '../bench/web/chromium.ts';
import { fillGallery } from '../bench/web/gallery-data.ts';
import { startObservedServer } from './observed-server.ts';

const TASKS_ZIPPED = 20;
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

/** After garbage has been collected. */
export interface Sample {
  readonly 'heap of the page': number;
  readonly 'nodes of the page': number;
  readonly 'heap of the server': number;
  readonly 'resident memory of the server': number;
}

/** In each round, besides a zip. */
export interface Round {
  /** Tasks that are opened from the wall. */
  readonly opened: number;
  /** Tasks that are reached from each of them. */
  readonly neighbours: number;
  readonly searches: number;
}

interface Data {
  readonly rounds: number;
  readonly tasks: number;
  readonly picturesADay?: number;
}

/** @param tasks in the mirror @param picturesADay see `fillGallery` @param onSample called after each round */
export async function useGallery(
  { rounds, tasks, picturesADay, ...round }: Round & Data,
  onSample: (sample: Sample, at: number) => void = () => undefined,
): Promise<Sample[]> {
  const dataDir = mkdtempSync(join(tmpdir(), 'flux-mirror-soak-'));
  await fillGallery(dataDir, tasks, picturesADay);
  const server = await startObservedServer(dataDir);
  const browser = await launchChromium();
  try {
    const { page, cdp } = await openBlankPage(browser);
    await page.goto(`${server.url}/`);
    await waitForWall(page);
    const samples: Sample[] = [];
    for (let at = 0; at < rounds; at += 1) {
      await openTasks(page, at, round);
      await search(page, at, round);
      await downloadZip(page);
      await cdp.send('HeapProfiler.collectGarbage');
      const { usedSize } = await cdp.send('Runtime.getHeapUsage');
      const { nodes } = await cdp.send('Memory.getDOMCounters');
      const { heapUsed, rss } = await server.readMemory();
      const sample = {
        ...{ 'heap of the page': usedSize, 'nodes of the page': nodes },
        ...{ 'heap of the server': heapUsed, 'resident memory of the server': rss },
      };
      samples.push(sample);
      onSample(sample, at);
    }
    return samples;
  } finally {
    await browser.close();
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function openTasks(page: Page, round: number, { opened, neighbours }: Round): Promise<void> {
  for (let at = 0; at < opened; at += 1) {
    await page.evaluate((place) => scrollTo(0, place), 300 * (round * opened + at));
    await waitForWall(page);
    const tile = page.locator('.tile a[data-id]').nth(20 + at);
    await Promise.all([waitForDetails(page), tile.click()]);
    for (let step = 0; step < neighbours; step += 1) {
      await page.waitForFunction(
        () => document.querySelector<HTMLImageElement>('dialog[open] img')?.complete,
      );
      await Promise.all([waitForDetails(page), page.keyboard.press('ArrowRight')]);
    }
    await page.keyboard.press('Escape');
    await page.waitForSelector('dialog[open]', { state: 'detached' });
  }
}

async function search(page: Page, round: number, { searches }: Round): Promise<void> {
  for (let at = 0; at < searches - 1; at += 1) await find(page, WORDS[(round + at) % WORDS.length] ?? '');
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
