/** One saved search: what is new in it, the way to its hits, and what can be done with it. */
import { useSignal } from '@preact/signals';
import { linkToHits, type SavedItem } from '../../view/saved-data.ts';
import { useShell } from '../shell.ts';
import { useTrial } from '../use-trial.ts';
import { Feed } from './Feed.tsx';
import { FieldsForm } from './FieldsForm.tsx';
import { Question } from './Question.tsx';
import { useSaved } from './state.ts';

export function SavedEntry({ item }: { item: SavedItem }) {
  const { f, rights } = useShell();
  const { texts, actions } = useSaved();
  const visit = () => {
    if (rights.mayChange) actions?.visit(item);
  };
  const owners = [...item.user_ids, ...item.application_ids];
  return (
    <li class="card saved-entry">
      <h2>
        <a
          href={linkToHits(item)}
          dir="auto"
          onClick={visit}
          onAuxClick={({ button }) => {
            if (button === 1) visit();
          }}
        >
          {item.name}
        </a>
        <NewHits item={item} />
      </h2>
      <p class="saved-query" dir="auto">
        {item.query.trim() === '' ? <span class="muted">{texts.everything}</span> : <code>{item.query}</code>}
      </p>
      <p class="muted small">
        {texts.since(f.dateTime(item.visited_at))}
        {owners.length > 0 && ` · ${texts.onlyOf(owners.join(', '))}`}
      </p>
      {rights.mayChange && <Tools item={item} />}
    </li>
  );
}

function NewHits({ item }: { item: SavedItem }) {
  const { t, f } = useShell();
  const { texts } = useSaved();
  if (item.new === null) return <span class="muted small">{texts.notCounted}</span>;
  if (item.new === 0) return <span class="muted small">{texts.noneNew}</span>;
  const shown = f.number(item.new);
  return <span class="saved-new">{texts.isNew(item.new_is_exact ? shown : t.atLeast(shown))}</span>;
}

function Tools({ item }: { item: SavedItem }) {
  const { texts, actions } = useSaved();
  const open = useSignal<'edit' | 'feed' | 'delete' | undefined>(undefined);
  const { problem, attempt } = useTrial();
  const feed = item.has_feed ? texts.hasFeed : texts.feed;
  const close = () => {
    open.value = undefined;
  };
  const toggle = (what: 'edit' | 'feed' | 'delete') => {
    open.value = open.value === what ? undefined : what;
  };
  return (
    <>
      <div class="saved-tools js-only">
        <button
          type="button"
          class="button"
          aria-expanded={open.value === 'feed'}
          aria-label={`${feed}: ${item.name}`}
          onClick={() => toggle('feed')}
        >
          {feed}
        </button>
        <button
          type="button"
          class="button"
          aria-expanded={open.value === 'edit'}
          aria-label={texts.editNamed(item.name)}
          onClick={() => toggle('edit')}
        >
          {texts.edit}
        </button>
        <button
          type="button"
          class="button is-bad"
          aria-expanded={open.value === 'delete'}
          aria-label={texts.deleteNamed(item.name)}
          onClick={() => toggle('delete')}
        >
          {texts.delete}
        </button>
      </div>
      {open.value === 'feed' && <Feed item={item} />}
      {open.value === 'edit' && (
        <FieldsForm
          fields={item}
          isFocused
          onSave={async (fields) => actions?.edit(item, fields)}
          onClose={close}
        />
      )}
      {open.value === 'delete' && (
        <>
          <Question
            text={texts.deleteQuestion(item.name)}
            action={texts.delete}
            onConfirm={() => void attempt(async () => actions?.remove(item))}
            onCancel={close}
          />
          <p class="form-problem" role="alert">
            {problem}
          </p>
        </>
      )}
    </>
  );
}
