/** One collection: what it is called, what can be done with it, and its pictures in their order. */
import type { OpenCollection } from '../../view/collections-data.ts';
import { linkToCollection } from '../../view/collections-data.ts';
import { Icon } from '../Icon.tsx';
import { useShell } from '../shell.ts';
import { CollectionTile } from './CollectionTile.tsx';
import { ShareLink } from './ShareLink.tsx';
import { useCollections } from './state.ts';

export function CollectionContent({ open }: { open: OpenCollection }) {
  return (
    <>
      <CollectionHead open={open} />
      {open.collection.tasks === 0 ? <EmptyCollection /> : <Pictures open={open} />}
    </>
  );
}

function CollectionHead({ open: { collection } }: { open: OpenCollection }) {
  const { t, f, rights, timeZone } = useShell();
  const { texts, actions } = useCollections();
  const { id, name, note, tasks, is_shared, changed_at } = collection;
  return (
    <header class="collection-head">
      <a class="back-link" href="./collections">
        <Icon name="arrow-left" size={16} />
        {texts.all}
      </a>
      <h1 dir="auto">{name}</h1>
      <p class="muted">
        {[
          texts.tasks(tasks, f.number(tasks)),
          texts.changed(f.dateTime(changed_at)),
          ...(is_shared ? [texts.shared] : []),
        ].join(' · ')}
      </p>
      {note !== '' && (
        <p class="note" dir="auto">
          {note}
        </p>
      )}
      <div class="collection-actions">
        {rights.mayChange && (
          <button type="button" class="button js-only" onClick={() => actions?.openDialog('edit')}>
            {texts.edit}
          </button>
        )}
        {rights.mayChange && <ShareLink collection={collection} />}
        {tasks > 0 && (
          // By a form, so that the browser saves it by itself.
          <form method="post" action="./api/download">
            <input type="hidden" name="collection" value={id} />
            <input type="hidden" name="as" value="zip" />
            <input type="hidden" name="tz" value={timeZone} />
            <button type="submit" class="button" title={texts.downloadHint}>
              <Icon name="file-archive" size={16} />
              {t.downloadZip}
            </button>
          </form>
        )}
        {rights.mayChange && (
          <button type="button" class="button is-bad js-only" onClick={() => actions?.openDialog('delete')}>
            <Icon name="trash" size={16} />
            {texts.delete}
          </button>
        )}
      </div>
    </header>
  );
}

function EmptyCollection() {
  const { texts } = useCollections();
  return (
    <div class="empty">
      <h2>{texts.empty}</h2>
      <p class="muted">{texts.emptyHint}</p>
      <a class="button" href="./">
        {texts.toPictures}
      </a>
    </div>
  );
}

function Pictures({ open }: { open: OpenCollection }) {
  const { t, f, rights } = useShell();
  const { texts, state, actions } = useCollections();
  const { collection, tasks, nextCursor } = open;
  const focusedId = tasks.some(({ id }) => id === state.focusedId.value)
    ? state.focusedId.value
    : tasks[0]?.id;
  const left = collection.tasks - tasks.length;
  return (
    <>
      {rights.mayChange && (
        <>
          <Gaps open={open} />
          <p class="muted small js-only" id="arrange-hint">
            {texts.arrangeHint}
          </p>
        </>
      )}
      <ol class="rows collection-pictures" id="collection-pictures" aria-label={texts.pictures}>
        {tasks.map((entry, index) => (
          <CollectionTile
            key={entry.id}
            entry={entry}
            index={index}
            isCover={collection.cover?.is_chosen === true && collection.cover.id === entry.id}
            isFocused={actions ? entry.id === focusedId : undefined}
          />
        ))}
      </ol>
      <div class="older">
        {open.isContinued && (
          <a class="button" href={linkToCollection(collection.id)}>
            {texts.newPage}
          </a>
        )}
        {nextCursor !== null && (
          <a
            class="button"
            href={linkToCollection(collection.id, nextCursor)}
            onClick={(event) => {
              if (!actions) return;
              event.preventDefault();
              actions.loadMore();
            }}
          >
            {open.isContinued ? t.next : texts.more(f.number(left))}
          </a>
        )}
      </div>
    </>
  );
}

/** Tasks that were forgotten, or lost: their places stay until somebody removes them. */
function Gaps({ open: { tasks } }: { open: OpenCollection }) {
  const { f } = useShell();
  const { texts, actions } = useCollections();
  const gaps = tasks.flatMap(({ id, task }) => (task === null ? [id] : []));
  if (gaps.length === 0) return null;
  return (
    <p class="collection-gaps">
      {texts.gaps(gaps.length, f.number(gaps.length))}{' '}
      <button type="button" class="plain js-only" onClick={() => actions?.take(gaps)}>
        {texts.removeGaps(gaps.length)}
      </button>
    </p>
  );
}
