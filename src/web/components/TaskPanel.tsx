/** Everything that is known about a task: its prompt, what can be done with it, facts, tasks like it, the document. */
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { cutText } from '../view/cut-text.ts';
import type { TaskDetails } from '../view/data.ts';
import { formatRequest, REQUEST_FORMS } from '../view/request-forms.ts';
import { EMPTY_VIEW } from '../view/url.ts';
import { type App, type OpenTask, useApp } from './app.ts';
import { Icon } from './Icon.tsx';
import { MarkedText } from './MarkedText.tsx';
import { Marks } from './Marks.tsx';
import { Popover } from './Popover.tsx';
import { SaveLink } from './SaveLink.tsx';
import { Strip } from './Strip.tsx';
import { ViewLink } from './ViewLink.tsx';

/** Characters of a prompt that is searched for. */
const MAX_QUERY_LENGTH = 500;

interface Props {
  readonly task: OpenTask;
  readonly details: TaskDetails;
}

export function TaskPanel({ task, details }: Props) {
  const app = useApp();
  const { t, f, state, actions } = app;
  const controls = state.collectionControls.value;
  return (
    <aside class="panel" id="task-panel" aria-label={t.panel}>
      <p class="panel-head">
        <span class={`state-dot is-${details.state}`} />
        <span>{t.states[details.state]}</span>
        <time class="muted" dateTime={details.created_at}>
          {f.dateTime(details.created_at)}
        </time>
      </p>
      {details.prompt === '' ? (
        <p class="prompt muted">{t.noPrompt}</p>
      ) : (
        <p class="prompt" dir="auto">
          <MarkedText text={details.prompt} marks={details.highlights} />
        </p>
      )}
      {details.error !== null && (
        <p class="panel-error" role="note">
          <Icon name="circle-alert" size={16} /> {details.error}
        </p>
      )}
      <div class="panel-actions js-only">
        <button
          type="button"
          class="button is-primary"
          data-key-action="copy"
          onClick={() => actions?.copy(details.prompt)}
        >
          <Icon name="copy" size={16} />
          {t.copyPrompt}
        </button>
        <UseAgain details={details} />
        <SaveLink details={details} shown={0} class="button" hasText />
      </div>
      {details.prompt !== '' && (
        <p>
          <a href={`./history?${new URLSearchParams({ task: details.id })}`}>{t.promptHistory}</a>
        </p>
      )}
      <Marks details={details} />
      <section class="task-collections js-only" aria-label={t.collections}>
        {controls && <controls.TaskCollections key={details.id} id={details.id} controls={controls} />}
      </section>
      <Facts details={details} />
      <Archived details={details} />
      <section class="panel-part">
        <h3>
          {t.document}
          <button type="button" class="plain js-only" onClick={() => actions?.copyDocument(details.id)}>
            {t.copy}
          </button>
        </h3>
        <pre class="document" tabIndex={0} role="region" aria-label={t.document}>
          {details.document}
        </pre>
        {details.document_is_cut && <p class="muted small">{t.documentCut}</p>}
      </section>
      {/* They come later, and move nothing from here. */}
      <TaskStrip title={t.samePrompt} tiles={task.same} />
      <TaskStrip title={t.similarWords} tiles={task.similar}>
        <ViewLink view={{ ...EMPTY_VIEW, q: cutText(details.prompt, MAX_QUERY_LENGTH) }}>
          {t.searchPrompt}
        </ViewLink>
      </TaskStrip>
    </aside>
  );
}

/** The request in the forms that clients take. */
function UseAgain({ details }: { details: TaskDetails }) {
  const { t, actions } = useApp();
  const form = useSignal<(typeof REQUEST_FORMS)[number]>('curl');
  const request = JSON.parse(details.request) as Readonly<Record<string, unknown>>; // an object, by the mirror
  if (Object.keys(request).length === 0) return null;
  return (
    <Popover
      name="use-again"
      class="button"
      title={t.useAgain}
      label={
        <>
          <Icon name="terminal" size={16} />
          {t.useAgain}
        </>
      }
    >
      {() => {
        const text = formatRequest(form.value, request, details);
        return (
          <div class="use-again">
            <div role="tablist" aria-label={t.useAgain}>
              {REQUEST_FORMS.map((name) => (
                <button
                  key={name}
                  type="button"
                  role="tab"
                  aria-selected={name === form.value}
                  onClick={() => {
                    form.value = name;
                  }}
                >
                  {t.useAgainAs[name]}
                </button>
              ))}
            </div>
            <pre tabIndex={0} role="tabpanel" aria-label={t.useAgainAs[form.value]}>
              {text}
            </pre>
            <button type="button" class="button" onClick={() => actions?.copy(text)}>
              <Icon name="copy" size={16} />
              {t.copy}
            </button>
          </div>
        );
      }}
    </Popover>
  );
}

function Facts({ details }: { details: TaskDetails }) {
  const app = useApp();
  const { t } = app;
  return (
    <dl class="facts">
      {listFacts(app, details).map(([name, value, isCode]) => (
        <div key={name}>
          <dt>{t.facts[name]}</dt>
          <dd class={isCode ? 'code' : ''}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

type Fact = [name: keyof App['t']['facts'], value: string, isCode?: boolean];

function listFacts({ t, f }: App, details: TaskDetails): Fact[] {
  const { model, size, action, seed, elapsed, cost, id, finished_at, fetched_at, videos } = details;
  const [video] = videos;
  const facts: (Fact | undefined)[] = [
    model === null ? undefined : ['model', model],
    size === null ? undefined : ['size', size.replace(/^(\d+)x(\d+)$/, '$1 × $2')],
    action === null ? undefined : ['action', action],
    seed === null ? undefined : ['seed', String(seed), true],
    video?.seconds ? ['length', f.duration(video.seconds)] : undefined,
    elapsed === null ? undefined : ['took', f.duration(elapsed)],
    cost === null ? undefined : ['cost', t.credits(f.credits(cost))],
    ['id', id, true],
    finished_at === null ? undefined : ['finished', f.dateTime(finished_at)],
    fetched_at === null ? undefined : ['checked', f.dateTime(fetched_at)],
  ];
  return facts.filter((fact) => fact !== undefined);
}

function Archived({ details }: { details: TaskDetails }) {
  const { t, f } = useApp();
  const files = [...details.images, ...details.videos];
  if (files.length === 0) return null;
  return (
    <ul class="archived">
      {files.map(({ url, local }) => (
        <li key={url}>
          <span class={local ? 'is-ok' : 'muted'}>
            <Icon name={local ? 'shield-check' : 'image-off'} size={16} />
            {local ? t.archived(f.bytes(local.bytes), shortenType(local.media_type)) : t.notArchived}
          </span>
          <a href={url} rel="noreferrer noopener" target="_blank">
            {t.vendorLink}
          </a>
        </li>
      ))}
    </ul>
  );
}

/** `PNG`, of `image/png` */
function shortenType(mediaType: string): string {
  return (mediaType.split('/')[1] ?? mediaType).toUpperCase();
}

function TaskStrip({
  title,
  tiles,
  children,
}: {
  title: string;
  tiles: OpenTask['same'];
  children?: ComponentChildren;
}) {
  const { actions } = useApp();
  if (tiles.length === 0) return null;
  return (
    <section class="panel-part">
      <h3>
        {title}
        {children}
      </h3>
      <Strip tiles={tiles} label={title} onOpen={(id) => actions?.openTask(id)} />
    </section>
  );
}
