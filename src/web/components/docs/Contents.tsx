/** The table of contents of the API page, and the box that filters it. */
import type { ApiGroup } from '../../view/docs/describe-api.ts';
import { useShell } from '../shell.ts';

export function Contents({ groups }: { groups: readonly ApiGroup[] }) {
  const { t } = useShell();
  const p = t.docsPage;
  return (
    <nav class="contents" aria-label={p.contents}>
      <label class="filter-box js-only">
        <span class="small muted">{p.filter}</span>
        <input
          id="route-filter"
          type="text"
          placeholder={p.filterHint}
          autocomplete="off"
          spellcheck={false}
        />
      </label>
      {groups.map(({ key, routes }) => (
        <section key={key} data-group={key}>
          <h2>
            <a href={`#group-${key}`}>{p.groups[key]}</a>
          </h2>
          <ul>
            {routes.map(({ id, method, path }) => (
              <li key={id} data-route={id}>
                <a href={`#${id}`}>
                  <span class={`method is-${method}`}>{method.toUpperCase()}</span>
                  <code>{path}</code>
                </a>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </nav>
  );
}
