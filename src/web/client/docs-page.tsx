/** The script of the API page: its menus, the filter, and copying commands. The page itself stays as the server has rendered it. */
import { hydrate } from 'preact';
import { DocsShell } from '../pages/DocsPage.tsx';
import type { PageData } from '../view/page-data.ts';
import { copyToClipboard } from './clipboard.ts';
import { getPagesPath, readPageData } from './page-context.ts';
import { startShell } from './shell.ts';

async function startDocsPage(): Promise<void> {
  const shell = await startShell(readPageData<PageData>());
  const element = document.getElementById('shell');
  if (element) hydrate(<DocsShell shell={shell} />, element);
  correctAddresses();
  startFilter();
  startCopying();
  document.documentElement.dataset.ready = 'true';
}

/** Behind a proxy, only the browser knows the address. */
function correctAddresses(): void {
  const address = `${location.origin}${getPagesPath()}`.replace(/\/$/, '');
  for (const element of document.querySelectorAll('.address')) element.textContent = address;
}

function startFilter(): void {
  const input = document.querySelector<HTMLInputElement>('#route-filter');
  if (!input) return;
  const articles = [...document.querySelectorAll<HTMLElement>('article.route')];
  const texts = new Map(articles.map((article) => [article, article.textContent.toLowerCase()]));
  const filter = () => {
    const words = input.value.toLowerCase().split(/\s+/);
    for (const article of articles) {
      const isShown = words.every((word) => texts.get(article)?.includes(word));
      article.hidden = !isShown;
      const entry = document.querySelector<HTMLElement>(`[data-route="${article.id}"]`);
      if (entry) entry.hidden = !isShown;
    }
    for (const group of document.querySelectorAll<HTMLElement>('[data-group]'))
      group.hidden = !group.querySelector('article:not([hidden]), li:not([hidden])');
    const isEmpty = articles.every((article) => article.hidden);
    say('none-found', isEmpty);
  };
  input.addEventListener('input', filter);
  // What the browser has kept of an earlier visit.
  if (input.value !== '') filter();
}

function startCopying(): void {
  document.addEventListener('click', (event) => {
    if (!(event.target instanceof Element)) return;
    const button = event.target.closest<HTMLElement>('[data-copy]');
    const command = button?.parentElement?.querySelector('code')?.textContent;
    if (!button || !command) return;
    void copyToClipboard(command).then(() => {
      say('copied', true);
      button.dataset.copy = 'done';
      setTimeout(() => {
        say('copied', false);
        button.dataset.copy = '';
      }, COPIED_MS);
    });
  });
}

/** How long a button says that it has copied. */
const COPIED_MS = 2000;

/** Shows or clears a text that screen readers announce. */
function say(id: string, isSaid: boolean): void {
  const element = document.getElementById(id);
  if (element) element.textContent = isSaid ? (element.dataset.text ?? '') : '';
}

void startDocsPage();
