/** Takes over the frame of a page whose content stays as the server has rendered it. */
import { hydrate } from 'preact';
import { PageShell } from '../components/PageShell.tsx';
import type { StaticPageData } from '../view/page-data.ts';
import { readPageData } from './page-context.ts';
import { startShell } from './shell.ts';

export async function startStaticPage(): Promise<void> {
  const data = readPageData<StaticPageData>();
  const shell = await startShell(data);
  const element = document.getElementById('shell');
  if (element) hydrate(<PageShell shell={shell} search={data.search} />, element);
}
