/** `GET /`: the wall of pictures, and a task over it. */
import { Hono } from 'hono';
import type { ApiError } from '../../../lib/api-error.ts';
import type { App } from '../../../web/components/app.ts';
import { createWallState } from '../../../web/components/wall-state.ts';
import { WallPage } from '../../../web/pages/WallPage.tsx';
import { cutText } from '../../../web/view/cut-text.ts';
import { createFormats } from '../../../web/view/format.ts';
import { DICTIONARIES } from '../../../web/view/i18n/dictionaries.ts';
import type { WallData } from '../../../web/view/page-data.ts';
import { parseView } from '../../../web/view/url.ts';
import { compressText } from '../../compress-text.ts';
import type { ServerDeps, ServerEnv } from '../../deps.ts';
import { getQueryParams } from '../../query-params.ts';
import { askThread } from '../../search/respond.ts';
import { parseIdParam } from '../tasks.ts';
import { type PageContextDeps, readPageContextSafely } from './page-context.ts';
import { sendPage } from './send-page.ts';
import { loadWallData } from './wall-data.ts';

type PageDeps = PageContextDeps & Pick<ServerDeps, 'config' | 'searching'>;

/** Characters of a prompt or a query. */
const MAX_TITLE_LENGTH = 80;

export function createPageRoutes(deps: PageDeps): Hono<ServerEnv> {
  const { searching, clock, log } = deps;

  return new Hono<ServerEnv>().get('/', compressText, async (c) => {
    const view = parseView(getQueryParams(c));
    const page = await readPageContextSafely(c, deps, view.tz);
    const { data, error } = await loadWallData(view, page, {
      ask: async (route, params, id) =>
        askThread(c, searching, {
          ...{ route, query: params.toString(), nowMs: clock.now() },
          ...(id === undefined ? {} : { id: parseIdParam(id) }),
        }),
      onError: (err) => log.error({ err }, 'the tasks of a page could not be read'),
    });
    const { language, preferences } = page;
    return sendPage(
      c,
      {
        ...{ title: createTitle(data), language, theme: preferences.theme, page: 'wall', data },
        body: <WallPage app={createServerApp(data)} />,
      },
      decideStatus(data, error),
    );
  });
}

function decideStatus({ task }: WallData, error: ApiError | undefined): 200 | 400 | 404 | 503 {
  if (task?.details === 'missing') return 404;
  if (error === undefined) return task?.details === 'failed' ? 503 : 200;
  return error.status < 500 ? 400 : 503;
}

function createServerApp(data: WallData): App {
  const { language, timeZone, rights, version } = data;
  return {
    ...{
      t: DICTIONARIES[language],
      f: createFormats(language, timeZone),
      language,
      timeZone,
      rights,
      version,
    },
    state: createWallState(data),
    actions: undefined,
  };
}

function createTitle({ view, task, language }: WallData): string {
  const { appName } = DICTIONARIES[language];
  const what = typeof task?.details === 'object' ? task.details.prompt : view.q;
  return what.trim() === '' ? appName : `${cutText(what.trim(), MAX_TITLE_LENGTH)} · ${appName}`;
}
