/** `GET /`: the wall of pictures, and a task over it. */
import { Hono } from 'hono';
import { etag } from 'hono/etag';
import { getPathPrefix } from '../../../lib/base-path.ts';
import type { App } from '../../../web/components/app.ts';
import { createWallState } from '../../../web/components/wall-state.ts';
import { WallPage } from '../../../web/pages/WallPage.tsx';
import { createFormats } from '../../../web/view/format.ts';
import { DICTIONARIES } from '../../../web/view/i18n/dictionary.ts';
import type { WallData } from '../../../web/view/page-data.ts';
import { parseView } from '../../../web/view/url.ts';
import { compressText } from '../../compress-text.ts';
import type { ServerDeps, ServerEnv } from '../../deps.ts';
import { getQueryParams } from '../../query-params.ts';
import { askThread } from '../../search/respond.ts';
import { parseIdParam } from '../tasks.ts';
import { readPageContext } from './page-context.ts';
import { sendPage } from './send-page.ts';
import { loadWallData } from './wall-data.ts';

type PageDeps = Pick<ServerDeps, 'config' | 'store' | 'searching' | 'clock'>;

export function createPageRoutes(deps: PageDeps): Hono<ServerEnv> {
  const { config, searching, clock } = deps;
  const prefix = getPathPrefix(config.basePath);

  return new Hono<ServerEnv>().get('/', compressText, etag({ weak: true }), async (c) => {
    // Relative links need the slash.
    if (c.req.path === prefix && prefix !== '')
      return c.redirect(`${prefix}/${new URL(c.req.url).search}`, 308);
    const view = parseView(getQueryParams(c));
    const page = await readPageContext(c, deps, view.tz);
    const data = await loadWallData(view, page, (route, params, id) =>
      askThread(c, searching, {
        ...{ route, query: params.toString(), nowMs: clock.now() },
        ...(id === undefined ? {} : { id: parseIdParam(id) }),
      }),
    );
    const { language, preferences } = page;
    const isMissing = data.task !== undefined && data.task.details === null;
    return sendPage(
      c,
      {
        ...{ title: createTitle(data), language, theme: preferences.theme, page: 'wall', data },
        body: <WallPage app={createServerApp(data)} />,
      },
      isMissing ? 404 : 200,
    );
  });
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
  const what = task?.details ? task.details.prompt : view.q;
  return what.trim() === '' ? appName : `${what.trim().slice(0, 80)} · ${appName}`;
}
