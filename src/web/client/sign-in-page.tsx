/** The script of the sign-in page: the reader's language and theme. The form needs none. */
import { hydrate } from 'preact';
import { SignInPage } from '../pages/SignInPage.tsx';
import type { SignInData } from '../view/page-data.ts';
import { readPageData } from './page-context.ts';
import { startShell } from './shell.ts';

async function startSignInPage(): Promise<void> {
  const data = readPageData<SignInData>();
  const shell = await startShell(data);
  const page = document.getElementById('page');
  if (!page) return;
  hydrate(<SignInPage shell={shell} data={data} />, page);
  document.documentElement.dataset.ready = 'true';
}

void startSignInPage();
