/** What scrolling over 2,000 tiles costs: CPU time of the page's main thread, and frames that are dropped, against an empty page. */
import type { Browser, CDPSession, Page } from 'playwright-core';
import { median, type Row } from '../table.ts';
import { openBlankPage, WINDOW, waitForWall } from './chromium.ts';

const ROUNDS = 3;
const TILES = 2000;
/** About as high as 2,000 tiles are in this window; the tiles are counted. Pixels. */
const DISTANCE = 108_000;
/** Four and a half windows a second. Pixels a second. */
const SPEED = 4000;
const EMPTY_HEIGHT = 4_000_000;
const SAMPLE_FRAMES = 15;
const FRAME_MS = 1000 / 60;
/** A frame that comes later than this has missed its turn. */
const LATE = 1.5;

interface Sides {
  /** Milliseconds of the main thread for a frame, the median of samples. */
  readonly cpuMs: number;
  /** Share of frames, 0 to 1. */
  readonly dropped: number;
  /** Tiles that have gone by. */
  readonly tiles: number;
}

export async function benchScrolling(browser: Browser, url: string): Promise<Row[]> {
  const [empty, wall]: [Sides[], Sides[]] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    empty.push(
      await scrollPage(browser, async (page) => {
        await page.setContent(`<body style="margin:0"><div style="height:${EMPTY_HEIGHT}px"></div></body>`);
      }),
    );
    wall.push(
      await scrollPage(browser, async (page) => {
        await page.goto(`${url}/`);
        await waitForWall(page);
      }),
    );
  }
  const pick = (sides: readonly Sides[], what: keyof Sides) => median(sides.map((side) => side[what]));
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
  const points = (pick(wall, 'dropped') - pick(empty, 'dropped')) * 100;
  return [
    { what: 'tiles that went by', value: String(pick(wall, 'tiles')), wanted: `at least ${TILES}` },
    { what: 'CPU a frame, empty page', value: `${pick(empty, 'cpuMs').toFixed(1)} ms` },
    {
      what: 'CPU a frame, wall, median',
      value: `${pick(wall, 'cpuMs').toFixed(1)} ms`,
      wanted: 'at most 4 ms',
    },
    { what: 'frames dropped, empty page', value: percent(pick(empty, 'dropped')) },
    { what: 'frames dropped, wall', value: percent(pick(wall, 'dropped')) },
    { what: 'wall − empty page', value: `${points.toFixed(1)} points`, wanted: 'at most 3 points' },
  ];
}

async function scrollPage(browser: Browser, open: (page: Page) => Promise<void>): Promise<Sides> {
  const { page, cdp, close } = await openBlankPage(browser);
  await open(page);
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  const before = await readTile(page);
  await page.evaluate(countFrames);
  let isDone = false;
  const scrolled = cdp
    .send('Input.synthesizeScrollGesture', {
      ...{ x: WINDOW.width / 2, y: WINDOW.height / 2, yDistance: -DISTANCE, speed: SPEED },
      gestureSourceType: 'mouse',
    })
    .then(() => {
      isDone = true;
    });
  const samples: number[] = [];
  let last = await takeSample(page, cdp);
  while (!isDone) {
    const next = await takeSample(page, cdp);
    samples.push(((next.cpu - last.cpu) * 1000) / (next.frames - last.frames));
    last = next;
  }
  await scrolled;
  const times = await page.evaluate(() => Reflect.get(window, 'benchFrames') as number[]);
  const after = await readTile(page);
  await close();
  return { cpuMs: median(samples.slice(1, -1)), dropped: computeDropped(times), tiles: after - before };
}

/** After some more frames. */
async function takeSample(page: Page, cdp: CDPSession): Promise<{ frames: number; cpu: number }> {
  const frames = await page.evaluate(
    (count) =>
      new Promise<number>((resolve) => {
        const times = Reflect.get(window, 'benchFrames') as number[];
        const end = times.length + count;
        const look = () => (times.length >= end ? resolve(times.length) : requestAnimationFrame(look));
        look();
      }),
    SAMPLE_FRAMES,
  );
  const { metrics } = await cdp.send('Performance.getMetrics');
  return { frames, cpu: metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN };
}

/** The share of turns of the screen that came without a frame. */
function computeDropped(times: readonly number[]): number {
  let missed = 0;
  for (const [at, time] of times.entries()) {
    const interval = time - (times[at - 1] ?? time);
    if (interval > LATE * FRAME_MS) missed += Math.round(interval / FRAME_MS) - 1;
  }
  return missed / (times.length + missed);
}

/** The number of the first tile in the window; the month is larger than what goes by. */
function readTile(page: Page): Promise<number> {
  return page.evaluate(() => {
    const first = [...document.querySelectorAll('.tile')].find(
      (tile) => tile.getBoundingClientRect().bottom > 150,
    );
    return Number(first?.getAttribute('aria-posinset') ?? 0);
  });
}

/** Runs in the page. */
function countFrames(): void {
  const times: number[] = [];
  Object.assign(window, { benchFrames: times });
  const count = (time: number) => {
    times.push(time);
    requestAnimationFrame(count);
  };
  requestAnimationFrame(count);
}
