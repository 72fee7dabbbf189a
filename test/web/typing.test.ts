/** Letters that are typed while the page is busy with those before. */
import { expect, test } from 'vitest';
import { IS_WHOLE_WEB } from '../helpers/thorough.ts';
import { useBrowser } from './browser.ts';
import { startFilledMirror } from './wall-data.ts';

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
