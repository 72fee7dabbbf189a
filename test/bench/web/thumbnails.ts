/** Pictures that are seen for the first time since the server has started, against the same ones in another browser afterwards. */
import type { Browser } from 'playwright-core';
import type { Row } from '../table.ts';
import { openBlankPage, WINDOW, waitForWall } from './chromium.ts';
import { PICTURE_DAYS, PICTURE_MODEL, SCREEN } from './gallery-data.ts';

/** All the pictures of a day fit into it, whatever is above them. CSS pixels. */
const HEIGHT = 2400;

/** @param url of a server that has just started */
export async function benchThumbnails(browser: Browser, url: string): Promise<Row[]> {
  const [first, second]: [number[], number[]] = [[], []];
  for (const day of PICTURE_DAYS) {
    const address = `${url}/?from=${day}&to=${day}&model=${PICTURE_MODEL}&tz=UTC`;
    first.push(...(await loadScreen(browser, address)));
    second.push(...(await loadScreen(browser, address)));
  }
  const p95 = (values: readonly number[]) =>
    [...values].sort((a, b) => a - b)[Math.floor(values.length * 0.95)] ?? Number.NaN;
  return [
    { what: `first sight of ${SCREEN} thumbnails, p95`, value: `${p95(first).toFixed(1)} ms` },
    { what: 'second sight, p95', value: `${p95(second).toFixed(1)} ms` },
    { what: 'first / second', value: (p95(first) / p95(second)).toFixed(2), wanted: 'at most 2' },
  ];
}

/** In a browser with an empty cache. @returns how long each thumbnail took, in milliseconds */
async function loadScreen(browser: Browser, address: string): Promise<number[]> {
  const { page, close } = await openBlankPage(browser);
  await page.setViewportSize({ ...WINDOW, height: HEIGHT });
  await page.goto(address);
  await waitForWall(page);
  await page.waitForFunction(
    (count) =>
      performance.getEntriesByType('resource').filter(({ name }) => name.includes('/thumbs/')).length >=
      count,
    // A few pictures are equal.
    SCREEN - 5,
  );
  const durations = await page.evaluate(() =>
    performance
      .getEntriesByType('resource')
      .filter(({ name }) => name.includes('/thumbs/'))
      .map(({ duration }) => duration),
  );
  await close();
  return durations;
}
