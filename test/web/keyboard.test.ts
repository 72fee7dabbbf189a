/** A keyboard alone does everything, and never loses its place: after each step, something has the focus. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { numberedIds } from '../helpers/documents.ts';
import { IS_WHOLE_WEB } from '../helpers/thorough.ts';
import { useBrowser } from './browser.ts';
import { expectFocus, getTask, startGallery } from './gallery.ts';

const { openPage } = useBrowser();

const IDS = numberedIds(40);

async function openGallery(path = '/'): Promise<Page> {
  // Results come later than browsers remember a key, on a slow machine.
  const page = await openPage(await startGallery(), path, { mayMove: true });
  page.setDefaultTimeout(10_000);
  return page;
}

/** Presses keys one after the other; the focus is never lost. */
async function press(page: Page, ...keys: string[]): Promise<void> {
  for (const key of keys) {
    await page.keyboard.press(key);
    await expectFocus(page);
  }
}

/** Reaches an element as the Tab key does, without knowing how often to press it. */
async function reach(page: Page, selector: string): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) === true, selector)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not reach ${selector}`);
}

function readFocusedId(page: Page): Promise<string | undefined> {
  return page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset.id);
}

function readSearch(page: Page): Promise<Record<string, string>> {
  return page.evaluate(() => Object.fromEntries(new URLSearchParams(location.search)));
}

describe('by keyboard alone', () => {
  test.runIf(IS_WHOLE_WEB)('the skip link leads to the pictures', async () => {
    const page = await openGallery();
    await page.keyboard.press('Tab');
    await expectFocus(page, '.skip-link');
    await press(page, 'Enter', 'Tab');
    expect(await readFocusedId(page)).toBe(IDS[0]);
  });

  test('words are completed and searched for, and parts of the search are removed', async () => {
    const page = await openGallery();
    await press(page, '/');
    await page.keyboard.type('whi');
    await page.locator('#search-suggestions li').first().waitFor();
    await press(page, 'ArrowDown', 'Enter');
    await expect.poll(() => readSearch(page)).toMatchObject({ q: expect.stringMatching(/^white/) });
    await expectFocus(page, '#search');
    await page.keyboard.type(' model:flux-dev cat');
    await press(page, 'Enter');
    await page.locator('.parts li').nth(2).waitFor();
    await page.getByText(/^[1-9] of 40$/).waitFor();
    await press(page, 'Escape');
    await expectFocus(page, '.tile a');
    await page.locator('.parts a').first().focus();
    await press(page, 'Enter');
    await expect.poll(() => page.locator('.parts li').count()).toBe(2);
    await expectFocus(page);
    await page.locator('.search-clear').focus();
    await press(page, 'Enter');
    await expectFocus(page, '#search');
    expect(await readSearch(page)).toEqual({});
  });

  test.runIf(IS_WHOLE_WEB).each(['model', 'size', 'action', 'state'])(
    'the filter %s is opened, set and removed',
    async (name) => {
      const page = await openGallery();
      const opener = `[data-popover="${name}"] > button`;
      await reach(page, opener);
      await press(page, 'Enter');
      await page.locator('.values input').first().waitFor();
      await reach(page, '.values input');
      await press(page, 'Space');
      await expect.poll(async () => Object.keys(await readSearch(page))).toEqual([name]);
      await expectFocus(page, '.values input');
      await press(page, 'Escape');
      await expectFocus(page, opener);
      await press(page, 'Tab');
      await expectFocus(page, '.chip-remove');
      await press(page, 'Enter');
      await expect.poll(() => readSearch(page)).toEqual({});
      await expectFocus(page, opener);
    },
  );

  test.runIf(IS_WHOLE_WEB)('dates are set by sliders, names and fields', async () => {
    const page = await openGallery();
    await page.locator('.tile a').first().focus();
    await press(page, 'g');
    await page.locator('.brush').waitFor();
    await reach(page, 'input[type=range]');
    await press(page, 'ArrowRight');
    await expect.poll(async () => (await readSearch(page)).from).toMatch(/^\d{4}-\d\d$/);
    await expectFocus(page, 'input[type=range]');
    await reach(page, '.dates-named button');
    await press(page, 'Enter');
    await expect.poll(async () => (await readSearch(page)).to).toMatch(/^\d{4}-\d\d-\d\d$/);
    await reach(page, 'input[type=date]');
    await page.keyboard.type('02022026');
    await expect.poll(async () => (await readSearch(page)).from).toBe('2026-02-02');
    await expectFocus(page, 'input[type=date]');
    await press(page, 'Escape');
    await expectFocus(page, '[data-popover="dates"] > button');
  });

  test.runIf(IS_WHOLE_WEB)('prompts are folded and the order is changed', async () => {
    const page = await openGallery();
    await reach(page, '.chip-pair:has([data-popover="dates"]) + .chip');
    await press(page, 'Enter');
    await expect.poll(() => readSearch(page)).toEqual({ group: 'prompt' });
    await reach(page, '[data-popover="order"] > button');
    await press(page, 'Enter');
    await expectFocus(page, 'input[type=radio]');
    await press(page, 'ArrowDown');
    await expect.poll(async () => (await readSearch(page)).sort).toBe('oldest');
    await expectFocus(page);
  });

  test('the wall is walked', async () => {
    const page = await openGallery();
    await reach(page, '.tile a');
    // The focus moves with the next frame at the earliest: until then, the tile that is left has it.
    const walk = async (keys: string[], isThere: (id: string | undefined) => boolean) => {
      await press(page, ...keys);
      await expect
        .poll(async () => isThere(await readFocusedId(page)), { message: keys.join(', ') })
        .toBe(true);
      await expectFocus(page, '.tile a');
    };
    const isTile = (index: number) => (id: string | undefined) => id === IDS[index];
    const isOtherThan = (index: number) => (id: string | undefined) => id !== undefined && id !== IDS[index];
    await walk(['ArrowRight'], isTile(1));
    await walk(['ArrowRight'], isTile(2));
    await walk(['ArrowLeft'], isTile(1));
    await walk(['Home'], isTile(0));
    await walk(['End'], isOtherThan(0));
    await walk(['Home'], isTile(0));
    await walk(['ArrowDown'], isOtherThan(0));
    await walk(['ArrowUp'], isTile(0));
    await walk(['Control+End'], isTile(39));
    await walk(['PageUp'], isOtherThan(39));
    await walk(['Control+Home'], isTile(0));
    await walk(['PageDown'], isOtherThan(0));
    await press(page, ']', '[');
    await expectFocus(page, '.tile a');
  });

  test.runIf(IS_WHOLE_WEB)(
    'tasks are selected, downloaded, exported, and forgotten with an undo',
    async () => {
      const page = await openGallery();
      await reach(page, '.tile a');
      await press(page, 'Space', 'ArrowRight', 'ArrowRight', 'Shift+Space');
      await page.getByText('3 selected', { exact: true }).waitFor();
      await press(page, 'x');
      await page.getByText('2 selected', { exact: true }).waitFor();
      await press(page, 'Shift+ArrowRight', 'Escape');
      await page.locator('.selection').waitFor({ state: 'detached' });
      await press(page, 'Control+a');
      await page.getByText('40 selected', { exact: true }).waitFor();
      await press(page, 'Escape', 'x');
      await reach(page, '.selection button');
      await press(page, 'Enter'); // select all, after which the button is gone
      await page.getByText('40 selected', { exact: true }).waitFor();
      await expectFocus(page);

      await reach(page, '.selection .button:has-text("Download zip")'.replace(/:has-text.*/, ''));
      const zip = page.waitForEvent('download');
      await page.locator('.selection .button', { hasText: 'Download zip' }).focus();
      await press(page, 'Enter');
      expect((await zip).suggestedFilename()).toMatch(/\.zip$/);
      await page.locator('[data-popover="export"] > button').focus();
      await press(page, 'Enter', 'Tab');
      const csv = page.waitForEvent('download');
      await press(page, 'Enter');
      expect((await csv).suggestedFilename()).toMatch(/\.(csv|jsonl)$/);
      await expectFocus(page);

      await page.locator('.selection .button', { hasText: 'Forget' }).focus();
      await press(page, 'Enter');
      await page.getByText('Forgetting 40').waitFor();
      await expectFocus(page);
      await reach(page, '.toast button');
      await press(page, 'Enter');
      await page.locator('.toast').waitFor({ state: 'detached' });
      await expectFocus(page);
      expect(await page.locator('.tile').count()).toBeGreaterThan(10);
    },
  );

  test('a task is opened, walked, zoomed, copied, used, saved, and closed', async () => {
    const page = await openGallery();
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await reach(page, '.tile a');
    await press(page, 'ArrowRight', 'ArrowRight', 'Enter');
    const prompt = getTask(page).locator('.prompt');
    await prompt.getByText('number 2').waitFor();
    await press(page, 'ArrowRight');
    await prompt.getByText('number 3').waitFor();
    await press(page, 'ArrowLeft');
    await prompt.getByText('number 2').waitFor();
    await getTask(page)
      .locator('.large-picture')
      .evaluate((image: HTMLImageElement) => image.decode());

    const readScale = () =>
      page.locator('.large-picture').evaluate((image) => new DOMMatrix(getComputedStyle(image).transform));
    const readOrigin = () =>
      page.locator('.large-picture').evaluate((image) => (image as HTMLElement).style.transformOrigin);
    await expect.poll(readOrigin).not.toBe(''); // zooming is loaded with the first task
    await press(page, 'Space');
    await expect.poll(async () => (await readScale()).a).toBeGreaterThan(1.9);
    const before = (await readScale()).e;
    await press(page, 'ArrowRight');
    await expect.poll(async () => (await readScale()).e).not.toBe(before);
    await press(page, 'Space');
    await expect.poll(async () => (await readScale()).a).toBe(1);

    await press(page, 'c');
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toContain('number 2');
    await press(page, 'u');
    await page.locator('.use-again').waitFor();
    await expectFocus(page, '.use-again *');
    await press(page, 'Tab', 'Tab', 'Enter', 'Escape');
    await page.locator('.use-again').waitFor({ state: 'detached' });
    const saved = page.waitForEvent('download');
    await press(page, 's');
    expect((await saved).suggestedFilename()).toMatch(/^2026-03-08 a-red-cat-number-2 0{8}\.png$/);
    await press(page, 'i');
    await page.locator('#task-panel').waitFor({ state: 'hidden' });
    await press(page, 'i');
    await page.locator('#task-panel').waitFor();
    await press(page, 'f');
    await expect.poll(() => page.evaluate(() => document.fullscreenElement !== null)).toBe(true);
    await press(page, 'f');
    await expect.poll(() => page.evaluate(() => document.fullscreenElement === null)).toBe(true);
    await press(page, 'End');
    await prompt.getByText('number 39').waitFor();
    await press(page, 'Home');
    await prompt.getByText('number 0').waitFor();
    await page.keyboard.press('Escape');
    await getTask(page).waitFor({ state: 'detached' });
    // The dialog gives the focus back to the tile that opened it; a frame later, the tile of the task shown last has it.
    await expect.poll(() => readFocusedId(page)).toBe(IDS[0]);
  });

  test.runIf(IS_WHOLE_WEB)('months are gone through on the rail', async () => {
    const page = await openGallery();
    await page.locator('#rail').focus();
    const readMonth = () => page.locator('#rail').getAttribute('aria-valuetext');
    const first = await readMonth();
    await press(page, 'End');
    await expect.poll(readMonth).not.toBe(first);
    await press(page, 'Home');
    await expect.poll(readMonth).toBe(first);
    await press(page, 'ArrowDown', 'PageDown', 'PageUp');
    await expectFocus(page, '#rail');
  });

  test.runIf(IS_WHOLE_WEB)('the choices of the reader are made, and the sheet of keys is read', async () => {
    const page = await openGallery();
    for (const name of ['view', 'language', 'menu']) {
      await page.locator(`[data-popover="${name}"] > button`).focus();
      await press(page, 'Enter', 'Escape');
      await expectFocus(page, `[data-popover="${name}"] > button`);
    }
    await page.getByRole('button', { name: 'Theme: System' }).focus();
    await press(page, 'Enter');
    expect(await page.locator('html').getAttribute('data-theme')).toBe('light');
    await page.locator('.tile a').first().focus();
    await press(page, '?');
    await expectFocus(page, '.sheet *');
    await page.keyboard.press('Tab'); // to the browser's own buttons: there is one of ours
    await page.keyboard.press('Escape');
    await page.locator('dialog.sheet').waitFor({ state: 'detached' });
    await expectFocus(page, '.tile a');
    await page.locator('[data-popover="menu"] > button').focus();
    await press(page, 'Enter');
    await reach(page, '.menu button');
    await press(page, 'Enter');
    await page.locator('dialog.sheet').waitFor();
    await press(page, 'Enter'); // its button closes it
    await page.locator('dialog.sheet').waitFor({ state: 'detached' });
    await expectFocus(page);
  });
});
