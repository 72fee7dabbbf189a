/** While the wall moves fast, nothing is loaded; where it stops, everything is. */
import { expect, test } from 'vitest';
import { IS_WHOLE_WEB } from '../helpers/thorough.ts';
import { useBrowser } from './browser.ts';
import { startFilledMirror } from './wall-data.ts';

const { openPage } = useBrowser();

test.runIf(IS_WHOLE_WEB)('tiles are loaded where two fast jumps have ended', async () => {
  const here = await startFilledMirror(1500);
  const page = await openPage(here, '/');
  await page.evaluate(async () => {
    const jump = (place: number) => window.scrollTo({ top: place, behavior: 'instant' });
    jump(4000);
    // A second jump that comes as soon counts as going on.
    const until = performance.now() + 250;
    while (performance.now() < until) await new Promise((resolve) => requestAnimationFrame(resolve));
    jump(30_000);
  });
  const countLoaded = () =>
    page.$$eval('.tile .frame', (frames) => {
      const seen = frames.filter((frame) => {
        const { top, bottom } = frame.getBoundingClientRect();
        return bottom > 0 && top < innerHeight;
      });
      return seen.length > 0 && seen.every((frame) => frame.hasAttribute('data-id'));
    });
  await expect.poll(countLoaded).toBe(true);
});
