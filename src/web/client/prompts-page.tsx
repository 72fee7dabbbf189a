/** The script of the pages of prompts: their menus, and copying. What is on them stays as the server has rendered it. */
import { startCopying } from './copy-buttons.ts';
import { startStaticPage } from './static-page.tsx';

async function startPromptsPage(): Promise<void> {
  await startStaticPage();
  startCopying((button) => button.closest('.prompt-item')?.querySelector('.prompt-text'));
  document.documentElement.dataset.ready = 'true';
}

void startPromptsPage();
