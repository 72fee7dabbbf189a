/** The script of the API page: its menus, the filter, and copying commands. The page itself stays as the server has rendered it. */
import { startCopying } from './copy-buttons.ts';
import { getPagesPath } from './page-context.ts';
import { say } from './say.ts';
import { startStaticPage } from './static-page.tsx';

async function startDocsPage(): Promise<void> {
  await startStaticPage();
  correctAddresses();
  startFilter();
  startCopying((button) => button.parentElement?.querySelector('code'));
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

void startDocsPage();
