/** `GET /docs`: the API page, from the same description as `/openapi.json`. */
import { Hono } from 'hono';
import { getPathPrefix } from '../../../lib/base-path.ts';
import { createShell } from '../../../web/components/shell-state.ts';
import { DocsPage } from '../../../web/pages/DocsPage.tsx';
import { describeApi, describeErrorBody } from '../../../web/view/docs/describe-api.ts';
import { DICTIONARIES } from '../../../web/view/i18n/dictionaries.ts';
import { compressText } from '../../compress-text.ts';
import type { ServerDeps, ServerEnv } from '../../deps.ts';
import { type PageContextDeps, readPageContextSafely } from './page-context.ts';
import { sendPage } from './send-page.ts';

type DocsPageDeps = PageContextDeps & Pick<ServerDeps, 'config'>;

export function createDocsPageRoutes(deps: DocsPageDeps): Hono<ServerEnv> {
  const prefix = getPathPrefix(deps.config.basePath);
  return new Hono<ServerEnv>().get('/docs', compressText, async (c) => {
    // Loaded with the first request, as it is for the route that serves it.
    const { openApiDocument } = await import('../../openapi/document.ts');
    const document = openApiDocument(deps.config.basePath);
    const data = await readPageContextSafely(c, deps);
    const shell = createShell(data, DICTIONARIES[data.language]);
    const props = {
      groups: describeApi(document, { needsToken: data.rights.isSignedIn }),
      errorBody: describeErrorBody(document),
      address: `${new URL(c.req.url).origin}${prefix}`,
      prefix,
    };
    return sendPage(c, {
      ...{ title: `${shell.t.docsPage.title} · ${shell.t.appName}`, language: data.language },
      ...{ theme: data.preferences.theme, page: 'docs', data },
      body: <DocsPage shell={shell} {...props} />,
    });
  });
}
