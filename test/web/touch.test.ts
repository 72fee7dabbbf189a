/** Fingers on the wall: a long press selects, dragging on selects what lies between, and everything else scrolls or opens. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { IS_WHOLE_WEB } from '../helpers/thorough.ts';
import { useBrowser } from './browser.ts';
import { startFilledMirror } from './wall-data.ts';

const { openPage } = useBrowser();

const WINDOW = { width: 390, height: 800 };
/** Longer than a long press. */
const HOLD_MS = 700;

interface Finger {
  down(x: number, y: number): Promise<void>;
  /** In steps, as fingers move. */
  move(x: number, y: number): Promise<void>;
  up(): Promise<void>;
}

/** The browser takes these for real touches: it scrolls by them, and tells the page so. */
async function createFinger(page: Page): Promise<Finger> {
  const cdp = await page.context().newCDPSession(page);
  let at = { x: 0, y: 0 };
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd') =>
    cdp.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: type === 'touchEnd' ? [] : [{ ...at, id: 1 }],
    });
  return {
    down: async (x, y) => {
      at = { x, y };
      await touch('touchStart');
    },
    move: async (x, y) => {
      const from = at;
      for (let step = 1; step <= 8; step += 1) {
        at = { x: from.x + ((x - from.x) * step) / 8, y: from.y + ((y - from.y) * step) / 8 };
        await touch('touchMove');
      }
    },
    up: async () => {
      await touch('touchEnd');
    },
  };
}

async function waitForRest(page: Page): Promise<void> {
  const isAtRest = async () => {
    const before = await readScroll(page);
    await page.evaluate(async () => {
      for (let frame = 0; frame < 5; frame += 1)
        await new Promise((resolve) => requestAnimationFrame(resolve));
    });
    return (await readScroll(page)) === before;
  };
  await expect.poll(isAtRest).toBe(true);
}

async function openWall(count = 400): Promise<{ page: Page; finger: Finger }> {
  const here = await startFilledMirror(count);
  const page = await openPage(here, '/', { ...WINDOW, hasTouch: true, mayMove: true });
  return { page, finger: await createFinger(page) };
}

/** The middle of the tile with a number. */
async function locate(page: Page, number: number): Promise<[x: number, y: number]> {
  const box = await page.locator('.frame').nth(number).boundingBox();
  if (!box) throw new Error(`no tile ${number}`);
  return [box.x + box.width / 2, box.y + box.height / 2];
}

/** The numbers of the tasks that are selected, of those in the page. */
async function readSelected(page: Page): Promise<number[]> {
  const ids = await page.$$eval('.is-selected .frame', (frames) =>
    frames.map((frame) => (frame as HTMLElement).dataset.id ?? ''),
  );
  return ids.map((id) => Number(id.slice(-12))).sort((a, b) => a - b);
}

const readCount = async (page: Page) =>
  Number((await page.locator('.selection strong').textContent())?.split(' ')[0]);
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at);
const readScroll = (page: Page) => page.evaluate(() => window.scrollY);

async function longPress(page: Page, finger: Finger, number: number): Promise<void> {
  await finger.down(...(await locate(page, number)));
  await page.waitForTimeout(HOLD_MS);
}

describe('dragging on after a long press', () => {
  test.runIf(IS_WHOLE_WEB)(
    'selects the tiles up to the finger, and takes them away again on the way back',
    async () => {
      const { page, finger } = await openWall();
      await longPress(page, finger, 4);
      expect(await readSelected(page)).toEqual([4]);
      await finger.move(...(await locate(page, 10)));
      await expect.poll(() => readSelected(page)).toEqual(range(4, 10));
      await finger.move(...(await locate(page, 6)));
      await expect.poll(() => readSelected(page)).toEqual(range(4, 6));
      await finger.move(...(await locate(page, 1)));
      await expect.poll(() => readSelected(page)).toEqual(range(1, 4));
      await finger.up();
      expect([await readScroll(page), await page.locator('dialog').count()]).toEqual([0, 0]);
      expect(await readCount(page)).toBe(4);
      // Lifted, the finger is as before: it scrolls, and taps select.
      await finger.down(...(await locate(page, 10)));
      await finger.move(200, 200);
      await finger.up();
      await expect.poll(() => readScroll(page)).toBeGreaterThan(20);
      expect(await readSelected(page)).toEqual(range(1, 4));
      await waitForRest(page); // a tap on what still scrolls only stops it
      await page.locator('.frame').nth(14).tap();
      await expect.poll(() => readSelected(page)).toEqual([...range(1, 4), 14]);
    },
  );

  test.runIf(IS_WHOLE_WEB)(
    'leaves what was selected before, and takes away by beginning with a selected tile',
    async () => {
      const { page, finger } = await openWall();
      await longPress(page, finger, 8);
      await finger.up();
      await longPress(page, finger, 3);
      await finger.move(...(await locate(page, 10)));
      await expect.poll(() => readSelected(page)).toEqual(range(3, 10));
      await finger.move(...(await locate(page, 4)));
      await expect.poll(() => readSelected(page)).toEqual([3, 4, 8]);
      await finger.up();
      await longPress(page, finger, 3);
      await finger.move(...(await locate(page, 4)));
      await expect.poll(() => readSelected(page)).toEqual([8]);
      await finger.up();
    },
  );

  test.runIf(IS_WHOLE_WEB)('scrolls at the edges, and stops when the finger is lifted', async () => {
    const { page, finger } = await openWall(1000);
    await longPress(page, finger, 4);
    const [x] = await locate(page, 4);
    await finger.move(x, WINDOW.height - 10);
    await expect.poll(() => readScroll(page), { timeout: 10_000 }).toBeGreaterThan(1500);
    await finger.move(x, 400);
    await page.waitForTimeout(100);
    const [place, count] = [await readScroll(page), await readCount(page)];
    await page.waitForTimeout(200);
    expect(await readScroll(page)).toBe(place);
    const selected = await readSelected(page);
    // The first one has the focus and stays in the page; between, none is left out.
    expect(selected[0]).toBe(4);
    expect(count).toBe((selected.at(-1) ?? 0) - 4 + 1);
    expect(count).toBeGreaterThan(30);
    await finger.move(x, 60);
    await expect.poll(() => readScroll(page), { timeout: 10_000 }).toBeLessThan(place - 300);
    expect(await readCount(page)).toBeLessThan(count);
    await finger.up();
    const after = await readScroll(page);
    await page.waitForTimeout(200);
    expect(await readScroll(page)).toBe(after);
  });

  test.runIf(IS_WHOLE_WEB)('opens no menu of the browser, and drags no link', async () => {
    const { page, finger } = await openWall(30);
    await longPress(page, finger, 2);
    const isPrevented = (type: string) =>
      page
        .locator('.frame')
        .nth(2)
        .evaluate(
          (frame, name) => !frame.dispatchEvent(new Event(name, { bubbles: true, cancelable: true })),
          type,
        );
    expect([await isPrevented('contextmenu'), await isPrevented('dragstart')]).toEqual([true, true]);
    await finger.up();
    expect(await isPrevented('dragstart')).toBe(false);
  });
});

test.runIf(IS_WHOLE_WEB)(
  'a finger that does not wait scrolls, and one that taps opens the task',
  async () => {
    const { page, finger } = await openWall();
    await finger.down(200, 600);
    await finger.move(200, 200);
    await finger.up();
    await expect.poll(() => readScroll(page)).toBeGreaterThan(300);
    expect(await page.locator('.selection').count()).toBe(0);
    await page.waitForTimeout(HOLD_MS);
    expect(await page.locator('.selection').count()).toBe(0);
    await page.locator('.frame').nth(20).tap();
    await page.locator('dialog#task').waitFor();
  },
);
