/** Whether the last of a million tasks is reached by the rail, by keys and by scrolling. For any browser that can be driven. */
import type { Row } from '../table.ts';

const MAX_TILES = 200;
const TIMEOUT_MS = 20_000;
const POLL_INTERVAL_MS = 50;
/** Pixels of a turn of the wheel, and when to give up: a wall of a million tasks is some 40,000,000 px high. */
const WHEEL_STEP = 100_000;
const MAX_WHEEL_STEPS = 1500;

/** What Playwright and Puppeteer do alike. */
export interface DrivenPage {
  /** Opens the wall anew, and waits until it can be used. */
  open(): Promise<void>;
  /** Evaluates an expression in the page. */
  evaluate(expression: string): Promise<unknown>;
  press(key: string): Promise<void>;
  /** Turns the wheel over the middle of the window. @param deltaY pixels */
  wheel(deltaY: number): Promise<void>;
  /** Drags with the mouse from the first place to the last one, in CSS pixels. */
  drag(places: readonly [Point, ...Point[]]): Promise<void>;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Runs in the page, before its own script: the most tiles that were there at once. */
export const COUNT_TILES = `
  globalThis.maxTiles = 0;
  new MutationObserver(() => {
    globalThis.maxTiles = Math.max(globalThis.maxTiles, document.querySelectorAll('.tile').length);
  }).observe(document, { childList: true, subtree: true });
`;

/** @param lastId of the oldest task */
export async function benchReaching(page: DrivenPage, lastId: string): Promise<Row[]> {
  const ways: readonly (readonly [string, () => Promise<string>])[] = [
    ['dragging on the rail', () => dragRail(page, lastId)],
    ['End on the rail', () => pressOnRail(page, lastId)],
    ['End on the wall', () => pressOnWall(page, lastId)],
    ['scrolling', () => scroll(page, lastId)],
  ];
  const rows: Row[] = [];
  let most = 0;
  for (const [way, reach] of ways) {
    await page.open();
    rows.push({ what: `the last task by ${way}`, value: await reach(), wanted: 'reached' });
    most = Math.max(most, Number(await page.evaluate('globalThis.maxTiles')));
  }
  return [
    ...rows,
    { what: 'tiles in the page, the most', value: String(most), wanted: `at most ${MAX_TILES}` },
  ];
}

async function dragRail(page: DrivenPage, lastId: string): Promise<string> {
  const { x, top, lowest } = await findRail(page);
  // The rail comes up to where it sticks with the first move.
  await page.drag([
    { x, y: top + 20 },
    { x, y: lowest - 10 },
    { x, y: lowest },
  ]);
  return waitForLast(page, lastId);
}

async function pressOnRail(page: DrivenPage, lastId: string): Promise<string> {
  await page.evaluate(`document.getElementById('rail').focus()`);
  await page.press('End');
  return waitForLast(page, lastId);
}

async function pressOnWall(page: DrivenPage, lastId: string): Promise<string> {
  await page.press('End');
  const reached = await waitForLast(page, lastId);
  const isFocused = await page.evaluate(`document.activeElement.dataset.id === ${JSON.stringify(lastId)}`);
  return isFocused ? reached : `${reached}, without the focus`;
}

async function scroll(page: DrivenPage, lastId: string): Promise<string> {
  const started = performance.now();
  for (let step = 1; step <= MAX_WHEEL_STEPS; step += 1) {
    await page.wheel(WHEEL_STEP);
    // The layout of a month is loaded when it comes near, and only at the end are the pictures waited for.
    if (await isNearEnd(page)) {
      const reached = await waitForLast(page, lastId, 2000);
      if (reached.startsWith('reached'))
        return `reached after ${step} turns of the wheel, ${formatSeconds(started)}`;
    }
  }
  return 'missed';
}

/** @returns its middle, its top, and the lowest place in the window; CSS pixels */
async function findRail(page: DrivenPage): Promise<{ x: number; top: number; lowest: number }> {
  const text = await page.evaluate(`(() => {
    const { left, width, top } = document.getElementById('rail').getBoundingClientRect();
    return JSON.stringify({ x: left + width / 2, top, lowest: innerHeight - 1 });
  })()`);
  return JSON.parse(String(text)) as { x: number; top: number; lowest: number };
}

async function isNearEnd(page: DrivenPage): Promise<boolean> {
  const expression = 'scrollY + innerHeight >= document.documentElement.scrollHeight - 20';
  return (await page.evaluate(expression)) === true;
}

/** Whether the last task is in the window, whole. */
async function waitForLast(page: DrivenPage, lastId: string, timeoutMs = TIMEOUT_MS): Promise<string> {
  const started = performance.now();
  while (performance.now() - started < timeoutMs) {
    const isSeen = await page.evaluate(`(() => {
      const tile = document.querySelector('a[data-id="${lastId}"]')?.getBoundingClientRect();
      return tile !== undefined && tile.top >= 0 && tile.bottom <= innerHeight + 1;
    })()`);
    if (isSeen === true) return `reached in ${formatSeconds(started)}`;
    await new Promise((resolve) => setTimeout(resolve, POLL_INTERVAL_MS));
  }
  return 'missed';
}

function formatSeconds(started: number): string {
  return `${((performance.now() - started) / 1000).toFixed(1)} s`;
}
