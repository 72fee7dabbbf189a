/** `GET /collections`: all of them, or one with its tasks in order. */
import { Hono } from 'hono';
import { createCollectionsState } from '../../../web/components/collections/state.ts';
import { createShell } from '../../../web/components/shell-state.ts';
import { CollectionsPage } from '../../../web/pages/CollectionsPage.tsx';
import type { CollectionsContent, CollectionsPageData } from '../../../web/view/collections-data.ts';
import { COLLECTION_TEXTS } from '../../../web/view/i18n/collections/all.ts';
import { DICTIONARIES } from '../../../web/view/i18n/dictionaries.ts';
import { compressText } from '../../compress-text.ts';
import type { ServerEnv } from '../../deps.ts';
import { getQueryParams } from '../../query-params.ts';
import { type CollectionsDataDeps, readCollectionsContent } from './collections-data.ts';
import { type PageContextDeps, readPageContextSafely } from './page-context.ts';
import { sendPage } from './send-page.ts';

const STATUSES = { list: 200, one: 200, missing: 404, failed: 503 } as const;

export function createCollectionsPageRoutes(deps: CollectionsDataDeps & PageContextDeps): Hono<ServerEnv> {
  return new Hono<ServerEnv>().get('/collections', compressText, async (c) => {
    const params = getQueryParams(c);
    const page = await readPageContextSafely(c, deps);
    const content = await readCollectionsContent(c, deps, {
      id: params.get('id') ?? '',
      cursor: params.get('cursor') ?? '',
    });
    const data: CollectionsPageData = { ...page, content };
    const { language, preferences } = page;
    const shell = createShell(data, DICTIONARIES[language]);
    const collections = {
      ...{ texts: COLLECTION_TEXTS[language], state: createCollectionsState(content) },
      actions: undefined,
    };
    return sendPage(
      c,
      {
        ...{ title: createTitle(content, shell.t), language, theme: preferences.theme },
        ...{ page: 'collections', data },
        body: <CollectionsPage shell={shell} collections={collections} />,
      },
      STATUSES[content.kind],
    );
  });
}

function createTitle(
  content: CollectionsContent,
  { collections, appName }: { readonly collections: string; readonly appName: string },
): string {
  const name = content.kind === 'one' ? content.open.collection.name : collections;
  return `${name} · ${appName}`;
}
