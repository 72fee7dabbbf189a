/** `GET /saved`: the saved searches, and the one that is to be saved. */
import { Hono } from 'hono';
import { createSavedState } from '../../../web/components/saved/state.ts';
import { createShell } from '../../../web/components/shell-state.ts';
import { SavedPage } from '../../../web/pages/SavedPage.tsx';
import { DICTIONARIES } from '../../../web/view/i18n/dictionaries.ts';
import { SAVED_TEXTS } from '../../../web/view/i18n/saved/all.ts';
import type { SavedItem, SavedPageData } from '../../../web/view/saved-data.ts';
import { parseView } from '../../../web/view/url.ts';
import { compressText } from '../../compress-text.ts';
import type { ServerContext, ServerEnv } from '../../deps.ts';
import { formatEntityTag } from '../../entity-tags.ts';
import { toApiError } from '../../errors.ts';
import { getQueryParams } from '../../query-params.ts';
import { readSavedList, type SavedListDeps } from '../../saved-list.ts';
import { type PageContextDeps, readPageContextSafely } from './page-context.ts';
import { sendPage } from './send-page.ts';
import { formatViewAsQuery } from './view-query.ts';

type SavedPageDeps = SavedListDeps & PageContextDeps;

/** The page asks for the other counts when it is shown. */
const COUNT_BUDGET_MS = 500;

export function createSavedPageRoutes(deps: SavedPageDeps): Hono<ServerEnv> {
  return new Hono<ServerEnv>().get('/saved', compressText, async (c) => {
    const view = parseView(getQueryParams(c));
    const page = await readPageContextSafely(c, deps, view.tz);
    const content = { query: formatViewAsQuery(view), items: await readItems(c, deps) };
    const data: SavedPageData = { ...page, content };
    const { language, preferences } = page;
    const shell = createShell(data, DICTIONARIES[language]);
    const saved = { texts: SAVED_TEXTS[language], state: createSavedState(content), actions: undefined };
    return sendPage(
      c,
      {
        ...{ title: `${shell.t.savedSearches} · ${shell.t.appName}`, language, theme: preferences.theme },
        ...{ page: 'saved', data },
        body: <SavedPage shell={shell} saved={saved} />,
      },
      content.items ? 200 : 503,
    );
  });
}

/** @returns undefined if they can't be read: a page that says so */
async function readItems(c: ServerContext, deps: SavedPageDeps): Promise<readonly SavedItem[] | undefined> {
  try {
    const list = await readSavedList(c, deps, COUNT_BUDGET_MS);
    return list.map(({ item, version }) => ({ ...item, etag: formatEntityTag(version) }));
  } catch (error) {
    if (toApiError(error).status >= 500) deps.log.error({ err: error }, 'saved searches could not be read');
    return undefined;
  }
}
