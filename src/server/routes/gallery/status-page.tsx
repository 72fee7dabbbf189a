/** `GET /status`: how the mirror does, as a page, and as JSON for the page that asks for news. */
import { Hono } from 'hono';
import { accepts } from 'hono/accepts';
import { createShell } from '../../../web/components/shell-state.ts';
import { createStatusState } from '../../../web/components/status/state.ts';
import { StatusPage } from '../../../web/pages/StatusPage.tsx';
import { DICTIONARIES } from '../../../web/view/i18n/dictionaries.ts';
import { compressText } from '../../compress-text.ts';
import type { ServerDeps, ServerEnv } from '../../deps.ts';
import { askThread } from '../../search/respond.ts';
import { type PageContextDeps, readPageContextSafely } from './page-context.ts';
import { sendPage, VARY } from './send-page.ts';
import { readStatusData } from './status-data.ts';

type StatusPageDeps = PageContextDeps & Pick<ServerDeps, 'config' | 'searching' | 'listing'>;

export function createStatusPageRoutes(deps: StatusPageDeps): Hono<ServerEnv> {
  const { searching, listing, clock } = deps;
  return new Hono<ServerEnv>().get('/status', compressText, async (c) => {
    const data = await readStatusData(await readPageContextSafely(c, deps), deps, {
      limits: c.get('access').limits,
      ask: (route, params) =>
        askThread(c, route === 'tracked' ? listing : searching, {
          ...{ route, query: params.toString(), nowMs: clock.now() },
        }),
    });
    const code = data.isUnreadable ? 503 : 200;
    const type = accepts(c, {
      ...{ header: 'Accept', supports: ['text/html', 'application/json'], default: 'text/html' },
    });
    if (type === 'application/json')
      return c.json(data, code, { 'cache-control': 'private, no-store', vary: VARY });
    const shell = createShell(data, DICTIONARIES[data.language]);
    const status = { state: createStatusState(data), actions: undefined };
    return sendPage(
      c,
      {
        ...{ title: `${shell.t.status} · ${shell.t.appName}`, language: data.language },
        ...{ theme: data.preferences.theme, page: 'status', data },
        body: <StatusPage shell={shell} status={status} />,
      },
      code,
    );
  });
}
