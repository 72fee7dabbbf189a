/** Letters that are typed, and keys that are pressed, while the page is busy with those before. */
import type { Page, Route } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { IS_WHOLE_WEB } from '../helpers/thorough.ts';
import { useBrowser } from './browser.ts';
import { expectFocus } from './gallery.ts';
import { startFilledMirror, taskIdOf } from './wall-data.ts';

const { openPage } = useBrowser();

test.runIf(IS_WHOLE_WEB)(
  'a letter that is typed before the page has taken up the search of those before is kept',
  async () => {
    const page = await openPage(await startFilledMirror(60), '/', { mayMove: true });
    const typed = await page.evaluate(
      () =>
        new Promise<string>((resolve) => {
          const input = document.querySelector<HTMLInputElement>('#search');
          const type = (text: string) => {
            if (input) input.value = text;
            input?.dispatchEvent(new InputEvent('input', { bubbles: true }));
          };
          // A busy page has no frames, and what follows from a search comes with the next one.
          const later = (callback: FrameRequestCallback) =>
            window.setTimeout(() => callback(performance.now()), 300);
          window.requestAnimationFrame = later;
          type('siam');
          const wait = setInterval(() => {
            if (!location.search.includes('q=siam')) return;
            clearInterval(wait);
            type('siame');
            setTimeout(() => resolve(input?.value ?? ''), 80); // before it is searched for
          });
        }),
    );
    expect(typed).toBe('siame');
  },
);

describe.runIf(IS_WHOLE_WEB)('an answer to the last letter that comes late', () => {
  /** Types a letter, and holds back what is asked for it. @returns lets it through, and waits until it has come, or was given up */
  async function typeAhead(page: Page, letter: string, path: string): Promise<() => Promise<void>> {
    const held: Route[] = [];
    await page.route(`**/${path}?*`, (route) => held.push(route));
    await page.keyboard.type(letter);
    await expect.poll(() => held.length).toBe(1);
    return async () => {
      const [route] = held;
      await route?.continue().catch(() => {}); // it was given up
      await route?.request().response();
    };
  }

  test('changes nothing about a suggestion that was chosen from the list before', async () => {
    const page = await openPage(await startFilledMirror(60), '/', { mayMove: true });
    await page.locator('#search').fill('siam');
    await page
      .locator('#search-suggestions')
      .getByRole('option', { name: /^siamese/ })
      .waitFor();
    const letThrough = await typeAhead(page, 'e', 'api/suggest');
    await page.keyboard.press('ArrowDown');
    await letThrough();
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('#search').inputValue()).toBe('siamese');
  });

  test('changes nothing about a tag that was chosen from the list before', async () => {
    const here = await startFilledMirror(6);
    const marks = { nowMs: here.clock.now(), within: undefined };
    await here.store.mark([{ id: taskIdOf(0), change: { addTags: ['poster'] } }], marks);
    const page = await openPage(here, `/?task=${taskIdOf(1)}`, { mayMove: true });
    await page.locator('.marks-editor').waitFor();
    await page.keyboard.press('t');
    await expectFocus(page, '.tag-input input');
    await page.keyboard.type('p');
    await page.getByRole('option', { name: /poster/ }).waitFor();
    const letThrough = await typeAhead(page, 'o', 'api/tags');
    await page.keyboard.press('ArrowDown');
    await letThrough();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Remove poster' }).waitFor();
  });

  test.each(['Tab', 'Escape'])('opens no list that was left by %s', async (key) => {
    const page = await openPage(await startFilledMirror(60), '/', { mayMove: true });
    await page.locator('#search').fill('siam');
    const list = page.locator('#search-suggestions');
    await list.getByRole('option', { name: /^siamese/ }).waitFor();
    const letThrough = await typeAhead(page, 'e', 'api/suggest');
    await page.keyboard.press(key);
    await list.waitFor({ state: 'hidden' });
    await letThrough();
    expect(await list.isHidden()).toBe(true);
  });
});
