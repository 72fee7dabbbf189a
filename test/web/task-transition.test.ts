/** A task opens and closes as a view transition of its one picture, where browsers can and readers want it. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { numberedIds } from '../helpers/documents.ts';
import { IS_WHOLE_WEB } from '../helpers/thorough.ts';
import { useBrowser } from './browser.ts';
import { expectFocus, getTask, getTile, startGallery } from './gallery.ts';

const { openPage } = useBrowser();

const IDS = numberedIds(40);
/** Tasks with a picture. */
const [WITH_PICTURE = '', NEXT = ''] = IDS.slice(3);
const [PENDING = ''] = IDS;

interface Recorded {
  /** Names of what moves, with the milliseconds that it takes. */
  readonly groups: Record<string, number>;
  readonly from: Box;
}
type Box = readonly [x: number, y: number, width: number, height: number];

/** Records the transitions of a page; `readTransitions` waits until they have begun. */
async function openGallery(): Promise<Page> {
  const page = await openPage(await startGallery(), '/');
  await page
    .locator('.tile img')
    .first()
    .evaluate((image: HTMLImageElement) => image.decode());
  await page.evaluate(() => {
    const recorded: Promise<unknown>[] = [];
    const finished: Promise<unknown>[] = [];
    Object.assign(window, { recorded, finished });
    const start = document.startViewTransition.bind(document);
    document.startViewTransition = (update) => {
      const transition = start(update);
      const read = () => {
        const groups: Record<string, number> = {};
        let from: unknown;
        for (const { effect } of document.getAnimations()) {
          if (!(effect instanceof KeyframeEffect)) continue;
          const name = /^::view-transition-group\((.*)\)$/.exec(effect.pseudoElement ?? '')?.[1];
          if (name === undefined) continue;
          groups[name] = Number(effect.getTiming().duration);
          if (name !== 'task-picture') continue;
          const [first] = effect.getKeyframes();
          const { e, f } = new DOMMatrix(String(first?.transform).replace('none', ''));
          from = [e, f, Number.parseFloat(String(first?.width)), Number.parseFloat(String(first?.height))];
        }
        return { groups, from };
      };
      recorded.push(transition.ready.then(read, () => 'skipped'));
      finished.push(transition.finished.catch(() => undefined));
      return transition;
    };
  });
  return page;
}

const readTransitions = (page: Page) =>
  page.evaluate(() => Promise.all(Reflect.get(window, 'recorded') as Promise<Recorded | 'skipped'>[]));

/** Of all that have begun. */
const waitForEnd = (page: Page) =>
  page.evaluate(() => Promise.all(Reflect.get(window, 'finished') as Promise<unknown>[]));

const readBox = async (page: Page, selector: string): Promise<number[]> =>
  page.$eval(selector, (element) => {
    const { x, y, width, height } = element.getBoundingClientRect();
    return [x, y, width, height];
  });

describe('a task with a picture', () => {
  test.runIf(IS_WHOLE_WEB)('opens from its tile and goes back to it, in 200 ms', async () => {
    const page = await openGallery();
    const tile = await readBox(page, `[data-id="${WITH_PICTURE}"] img`);
    await getTile(page, WITH_PICTURE).click();
    await getTask(page).locator('.prompt').waitFor();
    await waitForEnd(page);
    const stage = await readBox(page, '.large-picture');
    const [opened] = await readTransitions(page);
    if (!opened || opened === 'skipped') throw new Error('no transition');
    expect(Object.values(opened.groups)).toContain(200);
    expect(opened.groups['task-picture']).toBe(200);
    for (const [at, value] of opened.from.entries())
      expect(Math.abs(value - (tile[at] ?? 0))).toBeLessThan(2);

    await page.keyboard.press('Escape');
    await getTask(page).waitFor({ state: 'detached' });
    await expectFocus(page, `[data-id="${WITH_PICTURE}"]`);
    await waitForEnd(page);
    const [, closed] = await readTransitions(page);
    if (!closed || closed === 'skipped') throw new Error('no transition');
    expect(closed.groups['task-picture']).toBe(200);
    for (const [at, value] of closed.from.entries())
      expect(Math.abs(value - (stage[at] ?? 0))).toBeLessThan(2);
    expect(await page.$$eval('[style*=view-transition]', (all) => all.length)).toBe(0);
  });

  test.runIf(IS_WHOLE_WEB)('is shown by its small picture until its details are there', async () => {
    const page = await openGallery();
    let answer = () => {};
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    await page.route('**/details*', async (route) => {
      await answered;
      await route.continue();
    });
    await getTile(page, WITH_PICTURE).click();
    const picture = getTask(page).locator('.large-picture');
    await picture.waitFor();
    expect(await picture.getAttribute('src')).toContain('/thumbs/');
    const [width = 0, height = 0] = (await readBox(page, '.large-picture')).slice(2);
    expect(width).toBeGreaterThan(200);
    const element = await picture.elementHandle();
    await page.waitForTimeout(700); // what moves from now on is nothing that the reader has asked for
    answer();
    await expect.poll(() => picture.getAttribute('src')).toContain('/images/');
    expect(await element?.evaluate((image) => image.isConnected)).toBe(true);
    const [natural, ratio] = await picture.evaluate((image: HTMLImageElement) => [
      Number(image.getAttribute('width')),
      image.clientWidth / image.clientHeight,
    ]);
    expect(Math.abs(width - (natural ?? 0))).toBeLessThan(3);
    expect(ratio).toBeCloseTo(width / height, 1);
  });

  test.runIf(IS_WHOLE_WEB)('goes back and forward in the history with it', async () => {
    const page = await openGallery();
    await getTile(page, WITH_PICTURE).click();
    await waitForEnd(page);
    await page.goBack();
    await getTask(page).waitFor({ state: 'detached' });
    await waitForEnd(page);
    await expectFocus(page, `[data-id="${WITH_PICTURE}"]`);
    await page.goForward();
    await getTask(page).locator('.prompt').waitFor();
    await waitForEnd(page);
    const all = await readTransitions(page);
    expect(all.map((each) => each !== 'skipped' && each.groups['task-picture'])).toEqual([200, 200, 200]);
  });

  test.runIf(IS_WHOLE_WEB)('is walked from without one, also while it opens', async () => {
    const page = await openGallery();
    await getTile(page, WITH_PICTURE).focus();
    const before = await page.evaluate(() => history.length);
    await page.keyboard.press('Enter');
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => new URL(page.url()).searchParams.get('task')).toBe(NEXT);
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowLeft', 'ArrowLeft']) await page.keyboard.press(key);
    await expect.poll(() => new URL(page.url()).searchParams.get('task')).toBe(NEXT);
    await getTask(page).locator('.prompt').getByText('number 4').waitFor();
    expect(await readTransitions(page)).toHaveLength(1);
    expect(await page.evaluate(() => history.length)).toBe(before + 1);
    await page.keyboard.press('Escape');
    await getTask(page).waitFor({ state: 'detached' });
    await expectFocus(page, `[data-id="${NEXT}"]`);
  });

  test.runIf(IS_WHOLE_WEB)('can be closed while it opens, and opened while it closes', async () => {
    const page = await openGallery();
    await getTile(page, WITH_PICTURE).focus();
    for (let round = 0; round < 3; round += 1) {
      await page.keyboard.press('Enter');
      await getTask(page).waitFor();
      await page.keyboard.press('Escape');
      await getTask(page).waitFor({ state: 'detached' });
      await expectFocus(page, `[data-id="${WITH_PICTURE}"]`);
    }
    expect(new URL(page.url()).search).toBe('');
  });
});

describe('there is no transition', () => {
  /** What is there one frame after the click. */
  const openWithinFrame = (page: Page, id: string) =>
    page.evaluate(async (wanted) => {
      document.querySelector<HTMLElement>(`[data-id="${wanted}"]`)?.click();
      await new Promise((resolve) => requestAnimationFrame(resolve));
      return document.querySelector('dialog#task:modal') !== null;
    }, id);

  test.runIf(IS_WHOLE_WEB)('where less motion is wanted', async () => {
    const page = await openGallery();
    await page.emulateMedia({ reducedMotion: 'reduce' });
    expect(await openWithinFrame(page, WITH_PICTURE)).toBe(true);
    await page.keyboard.press('Escape');
    await getTask(page).waitFor({ state: 'detached' });
    expect(await readTransitions(page)).toEqual([]);
  });

  test.runIf(IS_WHOLE_WEB)('where the browser has none', async () => {
    const page = await openGallery();
    await page.evaluate(() => Object.defineProperty(document, 'startViewTransition', { value: undefined }));
    expect(await openWithinFrame(page, WITH_PICTURE)).toBe(true);
    await page.keyboard.press('Escape');
    await getTask(page).waitFor({ state: 'detached' });
    await expectFocus(page, `[data-id="${WITH_PICTURE}"]`);
  });

  test.runIf(IS_WHOLE_WEB)('of a task without a picture', async () => {
    const page = await openGallery();
    expect(await openWithinFrame(page, PENDING)).toBe(true);
    await page.keyboard.press('Escape');
    await getTask(page).waitFor({ state: 'detached' });
    expect(await readTransitions(page)).toEqual([]);
  });
});
