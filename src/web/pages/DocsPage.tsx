/** The API page. Only its frame is taken over in the browser: what is read there never changes. */
import { Contents } from '../components/docs/Contents.tsx';
import { RouteArticle } from '../components/docs/RouteArticle.tsx';
import { MemberTable } from '../components/docs/SchemaTable.tsx';
import { StaticPage } from '../components/StaticPage.tsx';
import type { Shell } from '../components/shell.ts';
import type { ApiBody, ApiGroup } from '../view/docs/describe-api.ts';

export interface DocsPageProps {
  readonly shell: Shell;
  readonly groups: readonly ApiGroup[];
  readonly errorBody: ApiBody | undefined;
  /** The mirror's address, without a slash at its end. */
  readonly address: string;
  /** Of the mirror's paths; empty for none. */
  readonly prefix: string;
}

export function DocsPage({ shell, groups, errorBody, address, prefix }: DocsPageProps) {
  const { t } = shell;
  const p = t.docsPage;
  return (
    <StaticPage shell={shell} class="docs">
      <header class="docs-head">
        <h1>{p.title}</h1>
        <p class="muted">{p.intro('Ace Data Cloud Flux')}</p>
        <p class="muted">
          {p.raw} <a href="./openapi.json">openapi.json</a>
        </p>
      </header>
      <Contents groups={groups} />
      <div class="docs-routes">
        {groups.map(({ key, routes }) => (
          <section key={key} class="route-group" id={`group-${key}`} data-group={key}>
            <h2>{p.groups[key]}</h2>
            {routes.map((route) => (
              <RouteArticle key={route.id} {...{ route, address, prefix }} />
            ))}
          </section>
        ))}
        <p id="none-found" role="status" data-text={p.noneFound} />
        {errorBody && (
          <section class="route-group" id="errors">
            <h2>{p.errors}</h2>
            <div class="card">
              <p>{p.errorsHint}</p>
              <MemberTable rows={errorBody.rows} caption={p.errors} isAnswer />
            </div>
          </section>
        )}
      </div>
    </StaticPage>
  );
}
