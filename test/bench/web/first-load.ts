/** How soon the wall is seen, and what it costs to load, against a page of text of the same server with the same styles. */
import type { Browser } from 'playwright-core';
import { median, type Row } from '../table.ts';
import { openBlankPage, waitForWall } from './chromium.ts';

const ROUNDS = 15;
/** No fields are needed for a page of a few lines: it is the one that asks for a token, without its script. */
const REFERENCE = '/sign-in';

interface PageReport {
  /** Milliseconds from the start of the navigation. */
  readonly first: number;
  readonly largest: number;
  readonly shift: number;
  /** Bytes of everything but images, as they were sent. */
  readonly bytes: number;
}

export async function benchFirstLoad(browser: Browser, url: string): Promise<Row[]> {
  const reference: PageReport[] = [];
  const wall: PageReport[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const plain = await load(browser, `${url}${REFERENCE}`, false);
    const mine = await load(browser, `${url}/`, true);
    if (round === 0) continue; // warms up
    reference.push(plain);
    wall.push(mine);
  }
  const pick = (reports: readonly PageReport[], what: keyof PageReport) =>
    median(reports.map((report) => report[what]));
  const compare = (what: 'first' | 'largest') =>
    median(wall.map((report, round) => report[what] / (reference[round]?.[what] ?? 1))).toFixed(2);
  const ms = (value: number) => `${value.toFixed(0)} ms`;
  return [
    { what: 'first contentful paint, page of text', value: ms(pick(reference, 'first')) },
    { what: 'first contentful paint, wall', value: ms(pick(wall, 'first')) },
    { what: 'wall / page of text', value: compare('first'), wanted: 'at most 2.0' },
    { what: 'largest contentful paint, page of text', value: ms(pick(reference, 'largest')) },
    { what: 'largest contentful paint, wall', value: ms(pick(wall, 'largest')) },
    { what: 'wall / page of text', value: compare('largest'), wanted: 'at most 3.0' },
    {
      what: 'layout shift, the largest',
      value: Math.max(...wall.map(({ shift }) => shift)).toFixed(4),
      wanted: 'at most 0.01',
    },
    {
      what: 'first load without images, compressed',
      value: `${(pick(wall, 'bytes') / 1024).toFixed(1)} KB`,
      wanted: 'at most 80 KB',
    },
  ];
}

async function load(browser: Browser, address: string, isWall: boolean): Promise<PageReport> {
  const { page, cdp, close } = await openBlankPage(browser, observePaints);
  if (!isWall) {
    await cdp.send('Network.enable');
    await cdp.send('Network.setBlockedURLs', { urls: ['*.js'] });
  }
  await page.goto(address);
  if (isWall) await waitForWall(page);
  const report = await page.evaluate(async () => {
    // Paints are reported after the frame that shows them.
    for (let frame = 0; frame < 3; frame += 1) await new Promise((resolve) => requestAnimationFrame(resolve));
    const { largest, shift } = Reflect.get(window, 'benchReport') as { largest: number; shift: number };
    const [first] = performance.getEntriesByName('first-contentful-paint');
    const entries = [
      ...performance.getEntriesByType('navigation'),
      ...performance.getEntriesByType('resource'),
    ] as PerformanceResourceTiming[];
    const bytes = entries
      .filter(({ name }) => !/\/(?:thumbs|images)\//.test(name))
      .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0);
    return { first: first?.startTime ?? Number.NaN, largest, shift, bytes };
  });
  await close();
  return report;
}

/** Runs in the page, before its own script. */
function observePaints(): void {
  const report = { largest: Number.NaN, shift: 0 };
  Object.assign(window, { benchReport: report });
  new PerformanceObserver((list) => {
    for (const { startTime } of list.getEntries()) report.largest = startTime;
  }).observe({ type: 'largest-contentful-paint', buffered: true });
  new PerformanceObserver((list) => {
    // The typings of TypeScript know no layout shifts.
    for (const entry of list.getEntries() as (PerformanceEntry & {
      hadRecentInput: boolean;
      value: number;
    })[])
      if (!entry.hadRecentInput) report.shift += entry.value;
  }).observe({ type: 'layout-shift', buffered: true });
}
