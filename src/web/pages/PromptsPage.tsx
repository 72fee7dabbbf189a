/** The distinct prompts, a page of them. It works without a script. */
import type { PromptList } from '../../views/prompts-schema.ts';
import { PromptItem } from '../components/prompts/PromptItem.tsx';
import { usePromptTexts } from '../components/prompts/use-prompt-texts.ts';
import { StaticPage } from '../components/StaticPage.tsx';
import { type Shell, useShell } from '../components/shell.ts';
import type { SearchForm } from '../view/page-data.ts';
import { hasWords } from '../view/query-parts.ts';
import { EMPTY_VIEW, formatView, getSort, SORTS, type View } from '../view/url.ts';

/** Or why there is none, in words. */
export type PromptListOrProblem = PromptList | { readonly problem: string };

interface Props {
  readonly shell: Shell;
  readonly search: SearchForm;
  readonly view: View;
  readonly list: PromptListOrProblem;
}

export function PromptsPage({ shell, search, view, list }: Props) {
  return (
    <StaticPage shell={shell} search={search} class="text-page prompts">
      <PageHead view={view} list={list} />
      {'problem' in list ? (
        <p class="tone-bad" role="alert">
          {shell.t.troubleSearch(list.problem)}
        </p>
      ) : (
        <PromptItems view={view} list={list} />
      )}
    </StaticPage>
  );
}

function PageHead({ view, list }: Pick<Props, 'view' | 'list'>) {
  const { t, f } = useShell();
  const p = usePromptTexts();
  const sort = getSort(view);
  // Without words, nothing matches best.
  const sorts = SORTS.filter((each) => each !== 'relevance' || hasWords(view.q));
  return (
    <header class="prompts-head">
      <h1>{p.title}</h1>
      {'total' in list && list.total > 0 && (
        <p class="muted">
          {list.total_is_exact
            ? p.count(list.total, f.number(list.total))
            : p.count(list.total, t.atLeast(f.number(list.total)))}
        </p>
      )}
      <nav aria-label={t.order}>
        {sorts.map((each) => (
          <a
            key={each}
            class={`chip${each === sort ? ' is-active' : ''}`}
            href={linkToPrompts({ ...view, sort: each, cursor: '' })}
            aria-current={each === sort ? 'true' : undefined}
          >
            {t.orders[each]}
          </a>
        ))}
      </nav>
    </header>
  );
}

function PromptItems({ view, list }: { view: View; list: PromptList }) {
  const { t } = useShell();
  const p = usePromptTexts();
  const remarks = [...list.understood.map(({ text, as }) => t.understoodAs(text, as)), ...list.notes];
  return (
    <>
      {remarks.length > 0 && <p class="muted small">{remarks.join(' · ')}</p>}
      {list.items.length === 0 && <NoPrompts view={view} />}
      <ul class="prompt-list">
        {list.items.map((item) => (
          <PromptItem key={item.task.id} item={item} />
        ))}
      </ul>
      {(list.next_cursor !== null || view.cursor !== '') && (
        <nav class="prompt-pages" aria-label={p.pages}>
          {list.next_cursor !== null && (
            <a class="button" rel="next" href={linkToPrompts({ ...view, cursor: list.next_cursor })}>
              {p.more}
            </a>
          )}
          {view.cursor !== '' && <a href={linkToPrompts({ ...view, cursor: '' })}>{p.first}</a>}
        </nav>
      )}
    </>
  );
}

function NoPrompts({ view }: { view: View }) {
  const p = usePromptTexts();
  if (view.q.trim() === '') return <p class="muted">{p.empty}</p>;
  return (
    <p class="muted">
      {p.noHits} <a href={linkToPrompts(EMPTY_VIEW)}>{p.showAll}</a>
    </p>
  );
}

/** All pages lie at one depth. */
function linkToPrompts(view: View): string {
  return `./prompts${formatView(view)}`;
}
