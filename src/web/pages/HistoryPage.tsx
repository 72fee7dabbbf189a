/** Where the prompt of a task comes from, and what it led to: one level, in the order of time. It works without a script. */
import type { ComponentChildren } from 'preact';
import type { EditChainView, PromptEdits } from '../../views/prompts-schema.ts';
import { PromptText, PromptTools } from '../components/prompts/PromptText.tsx';
import { ChainItem, EditItem } from '../components/prompts/RelatedItem.tsx';
import { PictureLink } from '../components/prompts/TaskLink.tsx';
import { usePromptTexts } from '../components/prompts/use-prompt-texts.ts';
import { StaticPage } from '../components/StaticPage.tsx';
import { type Shell, useShell } from '../components/shell.ts';
import type { TileData } from '../view/data.ts';

export interface PromptHistory {
  /** Of the task; a hidden one has none. */
  readonly tile: TileData | undefined;
  readonly edits: PromptEdits;
  readonly chain: EditChainView;
}

/** `missing`: there is no such task for the reader; `failed`: it could not be read. */
export type PromptHistoryOrProblem = PromptHistory | 'missing' | 'failed';

export function HistoryPage({ shell, history }: { shell: Shell; history: PromptHistoryOrProblem }) {
  const { t } = shell;
  return (
    <StaticPage shell={shell} class="text-page prompts">
      <HistoryHead />
      {typeof history === 'string' ? (
        <p class="tone-bad" role="alert">
          {history === 'missing' ? t.taskNotFound : t.failedToLoad}
        </p>
      ) : (
        <>
          <EditLevel {...history} />
          <Chain chain={history.chain} />
        </>
      )}
    </StaticPage>
  );
}

function HistoryHead() {
  const p = usePromptTexts();
  return (
    <header class="prompts-head">
      <h1>{p.historyTitle}</h1>
      <nav aria-label={p.title}>
        <a href="./prompts">{p.allPrompts}</a>
      </nav>
    </header>
  );
}

function EditLevel({ tile, edits }: PromptHistory) {
  const { f } = useShell();
  const p = usePromptTexts();
  const { came_from: origin, led_to: later, prompt, weighed, notes } = edits;
  return (
    <>
      {(origin || later.length > 0) && <Legend />}
      <Part title={p.cameFrom}>{origin ? <EditItem edit={origin} /> : <None>{p.cameFromNone}</None>}</Part>
      <Part title={p.current}>
        <li class="prompt-item is-current">
          {tile && <PictureLink tile={tile} />}
          <div class="prompt-body">
            <PromptText prompt={prompt} />
            <p class="prompt-facts muted">
              <time dateTime={edits.first_used_at}>{p.firstUsed(f.dateTime(edits.first_used_at))}</time>
            </p>
            <PromptTools prompt={prompt} />
          </div>
        </li>
      </Part>
      <Part title={p.ledTo(later.length, f.number(later.length))}>
        {later.length > 0 ? (
          later.map((edit) => <EditItem key={edit.task.id} edit={edit} />)
        ) : (
          <None>{p.ledToNone}</None>
        )}
      </Part>
      <p class="muted small">{[p.weighed(weighed, f.number(weighed)), ...notes].join(' ')}</p>
    </>
  );
}

/** How changes are shown. */
function Legend() {
  const p = usePromptTexts();
  return (
    <p class="muted small">
      {p.legend} <del>{p.legendRemoved}</del> <ins>{p.legendAdded}</ins>
    </p>
  );
}

function Chain({ chain: { sources, results } }: { chain: EditChainView }) {
  const p = usePromptTexts();
  const parts = [
    [p.madeFrom, sources],
    [p.madeInto, results],
  ] as const;
  return (
    <>
      {parts.map(
        ([title, links]) =>
          links.length > 0 && (
            <Part key={title} title={title}>
              {links.map((link) => (
                <ChainItem key={`${link.task.id} ${link.result} ${link.input}`} link={link} />
              ))}
            </Part>
          ),
      )}
    </>
  );
}

function Part({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section class="history-part">
      <h2>{title}</h2>
      <ul class="prompt-list">{children}</ul>
    </section>
  );
}

function None({ children }: { children: string }) {
  return <li class="prompt-none muted">{children}</li>;
}
