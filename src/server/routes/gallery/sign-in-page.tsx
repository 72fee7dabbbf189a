/** `GET /sign-in`: asks for a token, for browsers. It is open to everybody, and shows nothing of the mirror. */
import { Hono } from 'hono';
import { createShell } from '../../../web/components/shell-state.ts';
import { SignInPage } from '../../../web/pages/SignInPage.tsx';
import { DICTIONARIES } from '../../../web/view/i18n/dictionaries.ts';
import { SIGN_IN_ERRORS, type SignInData } from '../../../web/view/page-data.ts';
import { compressText } from '../../compress-text.ts';
import type { ServerDeps, ServerEnv } from '../../deps.ts';
import { getQueryParams } from '../../query-params.ts';
import { parseNext, readReferrer } from './next-page.ts';
import { createPageContext, NO_HEALTH } from './page-context.ts';
import { sendPage } from './send-page.ts';

export function createSignInPageRoutes({ clock }: Pick<ServerDeps, 'clock'>): Hono<ServerEnv> {
  return new Hono<ServerEnv>().get('/sign-in', compressText, async (c) => {
    const params = getQueryParams(c);
    const data: SignInData = {
      ...createPageContext(c, { nowMs: clock.now(), health: NO_HEALTH }),
      next: parseNext(params.get('next') ?? readReferrer(c.req.header('referer'))),
      error: SIGN_IN_ERRORS.find((error) => error === params.get('error')),
    };
    const shell = createShell(data, DICTIONARIES[data.language]);
    return sendPage(c, {
      ...{ title: `${shell.t.signIn} · ${shell.t.appName}`, language: data.language },
      ...{ theme: data.preferences.theme, page: 'sign-in', data },
      body: <SignInPage shell={shell} data={data} />,
    });
  });
}
