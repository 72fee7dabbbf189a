/** Buttons with `data-copy`, which copy a text of the page that the server has rendered. */
import { copyToClipboard } from './clipboard.ts';
import { say } from './say.ts';

/** How long a button says that it has copied. */
const COPIED_MS = 2000;

/** @param findSource the element whose text a button copies */
export function startCopying(findSource: (button: HTMLElement) => Element | null | undefined): void {
  document.addEventListener('click', (event) => {
    if (!(event.target instanceof Element)) return;
    const button = event.target.closest<HTMLElement>('[data-copy]');
    const text = button && findSource(button)?.textContent;
    if (!button || !text) return;
    void copyToClipboard(text).then(() => {
      say('copied', true);
      button.dataset.copy = 'done';
      setTimeout(() => {
        say('copied', false);
        button.dataset.copy = '';
      }, COPIED_MS);
    });
  });
}
