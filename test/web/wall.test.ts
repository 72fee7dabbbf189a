/** The wall of pictures, in a real browser. */
import type { Locator, Page, Route } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { encodeRatio } from '../../src/task/ratio.ts';
import { IS_WHOLE_WEB } from '../helpers/thorough.ts';
import { useBrowser } from './browser.ts';
import { createTasks, startFilledMirror, storeTasks, taskIdOf } from './wall-data.ts';

const { openPage } = useBrowser();

type Box = [x: number, y: number, width: number, height: number];

/** Where the pictures of the first tiles stand in the document, by task. */
async function readPlaces(page: Page): Promise<Record<string, Box>> {
  return page.$$eval('.tile .frame', (frames) =>
    Object.fromEntries(
      frames.map((frame) => {
        const { x, y, width, height } = frame.getBoundingClientRect();
        return [(frame as HTMLElement).dataset.id, [x, y + window.scrollY, width, height] as Box];
      }),
    ),
  );
}

function readFocus(page: Page): Promise<string | undefined> {
  return page.evaluate(
    () => (document.activeElement as HTMLElement).dataset.id ?? document.activeElement?.nodeName,
  );
}

/** What else could be meant is only told if it is found soon, which it may not be on a busy machine. */
async function reloadUntil(page: Page, wanted: Locator): Promise<void> {
  const isThere = async () => {
    if ((await wanted.count()) === 0) await page.reload();
    return (await wanted.count()) > 0;
  };
  await expect.poll(isThere).toBe(true);
  await page.waitForSelector('html[data-ready]');
}

const search = (page: Page) => page.locator('#search');
const tiles = (page: Page) => page.locator('.tile');
const total = (page: Page) => page.locator('.total');

describe('the rows of the browser', () => {
  test.each(IS_WHOLE_WEB ? [328, 412, 744, 1024, 1440, 1880] : [412])(
    'are those of the script, %d pixels wide',
    async (width) => {
      const here = await startFilledMirror(90);
      const after = await readPlaces(await openPage(here, '/', { width }));
      const before = await readPlaces(
        await openPage(here, '/', { width, isAwaited: false, isBlocked: true }),
      );
      // The last row of what the server sends may lack tiles.
      const complete = Object.keys(before)
        .filter((id) => after[id])
        .slice(0, 20);
      expect(complete).toHaveLength(20);
      for (const id of complete)
        for (const [at, value] of (before[id] ?? []).entries())
          expect(Math.abs(value - (after[id]?.[at] ?? 0)), id).toBeLessThan(0.2);
    },
  );
});

describe('searching', () => {
  test('shows matches while letters are typed, and goes back to what was shown before', async () => {
    const here = await startFilledMirror(60);
    const page = await openPage(here, '/');
    await page.keyboard.press('/');
    await page.keyboard.type('siamese cat');
    await expect.poll(() => page.url()).toContain('q=siamese+cat');
    await expect.poll(() => total(page).textContent()).toBe('8 of 60');
    expect(await page.locator('.caption mark').first().textContent()).toBe('siamese');
    await page.keyboard.press('Enter');
    await page.goBack();
    await expect.poll(() => total(page).textContent()).toBe('60 tasks');
    expect([new URL(page.url()).search, await search(page).inputValue()]).toEqual(['', '']);
  });

  test('sets close matches apart, and offers what was meant', async () => {
    const here = await startFilledMirror(60);
    // What was meant is only told if it is found soon: a thread that has just started on a busy machine may take longer.
    const readMeant = async () =>
      (await (await here.get('/api/search?q=siamse+cat&match=close&sort=relevance')).json()).did_you_mean;
    await expect.poll(readMeant).toMatchObject([{ query: 'siamese cat' }]);
    const page = await openPage(here, '/?q=siamse+cat', { mayMove: true });
    const meant = page.locator('.notes a', { hasText: 'siamese cat' });
    await reloadUntil(page, meant);
    expect(await page.locator('.section-title').allTextContents()).toEqual([
      expect.stringMatching(/^Close matches/),
    ]);
    await meant.click();
    await expect.poll(() => total(page).textContent()).toBe('8 of 60');
    expect(await page.locator('.section').first().locator('.tile').count()).toBe(8);
    expect(await page.locator('.section').first().locator('.section-title').count()).toBe(0);
  });

  test.runIf(IS_WHOLE_WEB)('completes words, operators and their values', async () => {
    const here = await startFilledMirror(40);
    // Browsers take no account of a field that a script fills in: to them, nobody has asked for what follows.
    const page = await openPage(here, '/', { mayMove: true });
    const options = page.locator('.suggestions li');
    await search(page).fill('siam');
    await expect.poll(() => options.allTextContents()).toEqual(['siamese5']);
    await search(page).fill('cat mod');
    await expect.poll(() => options.first().textContent()).toBe('model:');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect.poll(() => search(page).inputValue()).toBe('cat model:');
    await search(page).fill('cat model:fl');
    await expect.poll(() => options.allTextContents()).toEqual(['flux-dev5', 'flux-pro5']);
  });

  test.runIf(IS_WHOLE_WEB)(
    'shows the parts of a query with operators, each of which can be removed',
    async () => {
      const here = await startFilledMirror(60);
      const page = await openPage(here, '/?q=cat+-harbour+model:flux-dev');
      const parts = page.locator('.parts a');
      expect(await parts.allTextContents()).toEqual(['cat', '-harbour', 'model:flux-dev']);
      await parts.nth(1).click();
      await expect.poll(() => search(page).inputValue()).toBe('cat model:flux-dev');
    },
  );

  test.runIf(IS_WHOLE_WEB)(
    'without hits says what each part alone would leave, and leads there',
    async () => {
      const here = await startFilledMirror(60);
      // The answer to the click may come later than browsers remember it, on a busy machine.
      const page = await openPage(here, '/?q="siamese+cat"+"dunes+under"', { mayMove: true });
      expect(await page.locator('.empty h2').textContent()).toBe('Nothing matches');
      const without = page.locator('.without a').first();
      await reloadUntil(page, without);
      await without.click();
      await expect.poll(() => tiles(page).count()).toBeGreaterThan(0);
    },
  );

  test.runIf(IS_WHOLE_WEB)('by filters narrows the wall, and each can be removed', async () => {
    const here = await startFilledMirror(60);
    const page = await openPage(here, '/');
    await page.locator('[data-popover=model] > button').click();
    await page.locator('.values label', { hasText: 'flux-pro' }).click();
    await expect.poll(() => total(page).textContent()).toBe('30 of 60');
    await page.keyboard.press('Escape');
    expect(await page.locator('.popover').count()).toBe(0);
    await page.locator('[data-popover=dates] > button').click();
    await page.locator('.dates-named button', { hasText: '30 days' }).click();
    await expect.poll(() => total(page).textContent()).toBe('15 of 60');
    await page.locator('.chip-remove').first().click();
    await page.locator('.chip-remove').first().click();
    await expect.poll(() => total(page).textContent()).toBe('60 tasks');
  });
});

describe('a task', () => {
  test('opens over the wall, leads to its neighbours, and leaves the wall as it was', async () => {
    const here = await startFilledMirror(200);
    const page = await openPage(here, '/');
    await page.mouse.wheel(0, 1500);
    await expect.poll(() => page.evaluate(() => window.scrollY)).toBe(1500);
    const id = await page.locator('.frame').filter({ visible: true }).nth(20).getAttribute('data-id');
    const frame = page.locator(`.frame[data-id="${id}"]`);
    await frame.scrollIntoViewIfNeeded();
    const y = await page.evaluate(() => window.scrollY);
    await frame.click();
    await page.locator('.panel .prompt').waitFor();
    expect(new URL(page.url()).searchParams.get('task')).toBe(id);
    await expect.poll(() => page.locator('.stage-where').textContent()).toMatch(/^\d+ of \d+ · \w+ 20\d\d$/);
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => new URL(page.url()).searchParams.get('task')).not.toBe(id);
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => new URL(page.url()).searchParams.get('task')).toBe(id);
    await page.goBack();
    await expect.poll(() => page.locator('dialog').count()).toBe(0);
    await expect.poll(() => readFocus(page)).toBe(id);
    expect([await page.evaluate(() => window.scrollY), new URL(page.url()).search]).toEqual([y, '']);
  });

  test.runIf(IS_WHOLE_WEB)('is in the middle of the strip of its neighbours, also on a phone', async () => {
    const here = await startFilledMirror(200);
    const page = await openPage(here, '/', { width: 360 });
    await page.locator('.frame').nth(20).click();
    const strip = page.locator('.stage > .strip');
    const measureDistance = () =>
      strip.evaluate((list) => {
        const current = list.querySelector('[aria-current]')?.getBoundingClientRect();
        const { left, width } = list.getBoundingClientRect();
        return current && Math.abs(current.left + current.width / 2 - (left + width / 2));
      });
    await expect.poll(measureDistance).toBeLessThan(2);
    await page.keyboard.press('ArrowRight');
    await expect.poll(measureDistance).toBeLessThan(2);
  });

  test.runIf(IS_WHOLE_WEB)('can be linked to, and is read without a script', async () => {
    const here = await startFilledMirror(12);
    const page = await openPage(here, `/?task=${taskIdOf(3)}`, { hasScript: false });
    expect(await page.locator('.prompt').textContent()).toBe('窗台上的暹罗猫, number 3');
    const withScript = await openPage(here, `/?task=${taskIdOf(3)}`);
    await expect.poll(() => withScript.locator('.stage-where').textContent()).toMatch(/^\d+ of \d+/);
    await withScript.keyboard.press('Escape');
    await expect.poll(() => withScript.locator('dialog').count()).toBe(0);
    const unknown = await openPage(here, `/?task=${taskIdOf(999)}`, { expectedErrors: [/404/] });
    expect(await unknown.locator('.task-message p').textContent()).toBe('This task is not in the mirror.');
  });
});

describe('the keyboard', () => {
  test('moves over the wall, and the focus is never lost', async () => {
    const here = await startFilledMirror(300);
    const page = await openPage(here, '/');
    await page.locator('.frame[tabindex="0"]').focus();
    expect(await readFocus(page)).toBe(taskIdOf(0));
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => readFocus(page)).toBe(taskIdOf(1));
    await page.keyboard.press('Control+End');
    await expect.poll(() => readFocus(page)).toBe(taskIdOf(299));
    await page.keyboard.press('PageUp');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Home');
    await expect.poll(() => readFocus(page)).toMatch(/^0000/);
    await page.keyboard.press('Control+Home');
    await expect.poll(() => readFocus(page)).toBe(taskIdOf(0));
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('dialog').count()).toBe(1);
    await page.keyboard.press('Escape');
    await expect.poll(() => readFocus(page)).toBe(taskIdOf(0));
  });
});

describe('a tile that has the focus', () => {
  test.runIf(IS_WHOLE_WEB)(
    'stays in the page when the wall is scrolled away from it, and holds nothing back',
    async () => {
      const here = await startFilledMirror(1000);
      const page = await openPage(here, '/');
      await page.locator('.frame').nth(4).focus();
      const id = await readFocus(page);
      await page.mouse.move(700, 500);
      const scroll = async (by: number) => {
        for (let step = 0; step < 8; step += 1) {
          await page.mouse.wheel(0, by / 8);
          await page.waitForTimeout(60);
        }
      };
      /** How far the tile is from the top of the window. */
      const measureDistance = () =>
        page.evaluate(() => document.activeElement?.getBoundingClientRect().top ?? Number.NaN);
      await scroll(3200);
      await expect.poll(measureDistance).toBeLessThan(-2500);
      expect(await readFocus(page)).toBe(id);
      await scroll(-3200);
      await expect.poll(measureDistance).toBeGreaterThan(0);
      await page.keyboard.press('Control+End');
      await expect.poll(() => readFocus(page)).toBe(taskIdOf(999));
      await scroll(-3200);
      await expect.poll(measureDistance).toBeGreaterThan(2500);
      await scroll(3200);
      await expect.poll(measureDistance).toBeLessThan(1500);
      expect(await readFocus(page)).toBe(taskIdOf(999));
    },
  );
});

describe('selecting', () => {
  test.runIf(IS_WHOLE_WEB)('takes ranges and whole searches, with their exact number', async () => {
    const here = await startFilledMirror(80);
    const page = await openPage(here, '/?q=cat&sort=newest');
    const count = page.locator('.selection strong');
    await page.locator('.frame[tabindex="0"]').focus();
    await page.keyboard.press('Space');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Shift+Space');
    await expect.poll(() => count.textContent()).toBe('3 selected');
    await page.keyboard.press('Control+a');
    await expect.poll(() => count.textContent()).toBe('20 selected');
    await page.keyboard.press('x');
    await expect.poll(() => count.textContent()).toBe('19 selected');
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('.selection').count()).toBe(0);
  });

  test.runIf(IS_WHOLE_WEB)('by touch begins with a long press, and goes on by taps', async () => {
    const here = await startFilledMirror(30);
    // The last buttons of the bar come when they are loaded, and the press is none that a browser knows of.
    const page = await openPage(here, '/', { width: 390, hasTouch: true, mayMove: true });
    const frame = page.locator('.frame').first();
    const touch = (type: string) =>
      frame.dispatchEvent(type, {
        pointerType: 'touch',
        isPrimary: true,
        pointerId: 7,
        clientX: 50,
        clientY: 180,
      });
    await page.clock.install();
    await touch('pointerdown');
    await page.clock.runFor(600);
    await touch('pointerup');
    await frame.dispatchEvent('click');
    expect(await page.locator('.selection strong').textContent()).toBe('1 selected');
    expect(await page.locator('dialog').count()).toBe(0);
    await page.locator('.frame').nth(2).tap();
    await expect.poll(() => page.locator('.selection strong').textContent()).toBe('2 selected');
  });

  test.runIf(IS_WHOLE_WEB)('downloads what is selected', async () => {
    const here = await startFilledMirror(30);
    const page = await openPage(here, '/');
    await page.locator('.tile').first().hover();
    await page.locator('.tile .tick').first().click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.locator('.selection button', { hasText: 'Download zip' }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/\.zip$/);
    expect(await download.failure()).toBeNull();
  });

  test('forgets only after a while in which it can be undone', async () => {
    const here = await startFilledMirror(30);
    const page = await openPage(here, '/', { mayMove: true });
    await page.clock.install();
    const forget = async () => {
      await page.keyboard.press('Control+a');
      await page.locator('.selection .is-bad').click();
    };
    await forget();
    await page.locator('.toast button', { hasText: 'Undo' }).click();
    await page.clock.runFor(10_000);
    expect((await here.store.stats(here.clock.now())).total).toBe(30);
    await forget();
    await page.clock.runFor(7_900);
    expect((await here.store.stats(here.clock.now())).total).toBe(30);
    await page.clock.runFor(200);
    await expect.poll(async () => (await here.store.stats(here.clock.now())).total).toBe(0);
    await expect.poll(() => page.locator('.empty h2').textContent()).toBe('Nothing here yet');
  });
});

describe('what happens meanwhile', () => {
  test('fills in a task that finishes, without moving anything', async () => {
    const here = await startFilledMirror(30);
    const id = here.simulator.addTask({ prompt: 'a lighthouse at night', durationMs: 60_000 });
    await here.store.track([id as never], here.clock.now());
    await here.mirror.runner.run({ trigger: 'command' });
    const page = await openPage(here, '/');
    const tile = page.locator('.tile', { has: page.locator(`[data-id="${id}"]`) });
    expect(await tile.locator('b').textContent()).toBe('Generating');
    const places = await readPlaces(page);
    here.clock.advance(120_000);
    await here.mirror.runner.run({ trigger: 'command' });
    await expect.poll(() => tile.locator('b').textContent()).toBe('not kept yet');
    expect(await readPlaces(page)).toEqual(places);
  });

  test('fills in a task that finished before the stream of events was open', async () => {
    const here = await startFilledMirror(30);
    const id = here.simulator.addTask({ prompt: 'a lighthouse at night', durationMs: 60_000 });
    await here.store.track([id as never], here.clock.now());
    await here.mirror.runner.run({ trigger: 'command' });
    const page = await openPage(here, '/');
    const held: Route[] = [];
    await page.route('**/api/events?*', (route) => {
      held.push(route);
    });
    await page.reload();
    await page.waitForSelector('html[data-ready]');
    const tile = page.locator('.tile', { has: page.locator(`[data-id="${id}"]`) });
    expect(await tile.locator('b').textContent()).toBe('Generating');
    here.clock.advance(120_000);
    await here.mirror.runner.run({ trigger: 'command' });
    await expect.poll(() => held.length).toBe(1);
    await held[0]?.continue();
    await expect.poll(() => tile.locator('b').textContent()).toBe('not kept yet');
  });

  test('puts new tasks above the others when the top is seen, and says so when it is not', async () => {
    const here = await startFilledMirror(120);
    const page = await openPage(here, '/');
    const [newest] = createTasks(here, 1);
    await storeTasks(here, [{ ...newest, id: taskIdOf(1000), createdAt: here.clock.now() / 1000 + 1 }]);
    await expect.poll(() => page.locator('.frame').first().getAttribute('data-id')).toBe(taskIdOf(1000));
    await page.mouse.wheel(0, 2000);
    await expect.poll(() => page.evaluate(() => window.scrollY)).toBe(2000);
    const anchor = page.locator('.frame').filter({ visible: true }).nth(12);
    const before = await anchor.evaluate((frame) => [frame.dataset.id, frame.getBoundingClientRect().y]);
    await storeTasks(here, [{ ...newest, id: taskIdOf(1001), createdAt: here.clock.now() / 1000 + 2 }]);
    await page.locator('.pill').waitFor();
    expect(await page.locator('.pill').textContent()).toBe('1 new');
    const after = await page
      .locator(`.frame[data-id="${before[0]}"]`)
      .evaluate((frame) => frame.getBoundingClientRect().y);
    expect(Math.abs(after - Number(before[1]))).toBeLessThan(1);
    await page.locator('.pill').click();
    await expect.poll(() => page.locator('.frame').first().getAttribute('data-id')).toBe(taskIdOf(1001));
  });
});

describe('a million tasks', () => {
  const MONTHS = 33;
  const PER_MONTH = 30_304;
  const RATIOS = [
    encodeRatio(1, 1),
    encodeRatio(16, 9),
    encodeRatio(2, 3),
    encodeRatio(3, 2),
    encodeRatio(9, 16),
  ];
  const BYTES = Uint8Array.from({ length: PER_MONTH }, (_, at) => RATIOS[(at * 7919) % RATIOS.length] ?? 0);

  /** Answers of a mirror that has them. */
  async function pretend(page: Page): Promise<void> {
    const months = Array.from({ length: MONTHS }, (_, at) => {
      const from = new Date(Date.UTC(2026, 10 - at, 1));
      const to = new Date(Date.UTC(2026, 11 - at, 1));
      return {
        month: from.toISOString().slice(0, 7),
        from: from.toISOString(),
        to: to.toISOString(),
        count: PER_MONTH,
      };
    });
    const json = (body: unknown) => ({
      status: 200,
      contentType: 'application/json',
      body: JSON.stringify(body),
    });
    await page.route('**/api/wall/months?*', (route) =>
      route.fulfill(
        json({
          items: months,
          total: MONTHS * PER_MONTH,
          counted_at: '2026-11-26T00:00:00Z',
          notes: [],
          understood: [],
        }),
      ),
    );
    await page.route('**/api/wall/layout?*', (route) =>
      route.fulfill(
        json({
          month: new URL(route.request().url()).searchParams.get('month'),
          ...{ count: PER_MONTH, ratios: Buffer.from(BYTES).toString('base64'), cursors: [] },
          states: Buffer.alloc(Math.ceil(PER_MONTH / 4), 0b01010101).toString('base64'),
        }),
      ),
    );
  }

  const readLast = (page: Page) =>
    page.$$eval('.tile', (all) => all.map((tile) => Number(tile.getAttribute('aria-posinset'))).at(-1));

  test('are all reachable, by key and by rail, with a bounded page', async () => {
    const here = await startFilledMirror(40);
    const page = await openPage(here, '/');
    await pretend(page);
    await page.locator('.chip', { hasText: 'Fold equal prompts' }).click();
    await expect.poll(() => total(page).textContent()).toBe('1,000,032 tasks');
    await page.locator('.frame[tabindex="0"]').focus();
    await page.keyboard.press('Control+End');
    await expect.poll(() => readLast(page)).toBe(PER_MONTH);
    await expect.poll(() => page.locator('.section').last().getAttribute('data-month')).toBe('2024-03');
    expect(await tiles(page).count()).toBeLessThan(200);
    expect(await page.locator('#wall').evaluate((wall) => wall.clientHeight)).toBeLessThanOrEqual(4_000_000);
    await page.keyboard.press('Control+Home');
    await expect.poll(() => page.locator('.section').first().getAttribute('data-month')).toBe('2026-11');
    await page.locator('#rail').focus();
    await page.keyboard.press('End');
    await expect.poll(() => page.locator('.section').last().getAttribute('data-month')).toBe('2024-03');
    await page.mouse.move(700, 500);
    const scrollOn = async () => {
      await page.mouse.wheel(0, 1_000_000);
      return readLast(page);
    };
    await expect.poll(scrollOn).toBe(PER_MONTH);
  });

  test.runIf(IS_WHOLE_WEB)('are scrolled without a jump when the box is moved', async () => {
    const here = await startFilledMirror(40);
    const page = await openPage(here, '/');
    await pretend(page);
    await page.locator('.chip', { hasText: 'Fold equal prompts' }).click();
    await expect.poll(() => total(page).textContent()).toBe('1,000,032 tasks');
    await page.locator('#rail').focus();
    await page.keyboard.press('PageDown');
    const isJumping = await page.evaluate(async () => {
      const frames = () =>
        new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      const findTile = () => document.elementFromPoint(600, 500)?.closest('.tile');
      for (let step = 0; step < 120; step += 1) {
        const tile = findTile();
        const before = tile?.getBoundingClientRect().y ?? 0;
        window.scrollBy({ top: 120, behavior: 'instant' });
        window.dispatchEvent(new Event('scrollend'));
        await frames();
        if (tile?.isConnected && Math.abs(tile.getBoundingClientRect().y - before + 120) > 1.5) return step;
      }
      return false;
    });
    expect(isJumping).toBe(false);
  });
});
