/** All collections, as cards with their covers. */
import { useSignal } from '@preact/signals';
import { filterCollections, linkToCollection } from '../../view/collections-data.ts';
import type { CollectionData } from '../../view/data.ts';
import { Icon } from '../Icon.tsx';
import { useShell } from '../shell.ts';
import { Thumb } from '../Thumb.tsx';
import { useCollections } from './state.ts';

/** More are filtered by their names. */
const MAX_UNFILTERED = 12;

export function CollectionList({ items }: { items: readonly CollectionData[] }) {
  const { t, rights } = useShell();
  const { texts, actions } = useCollections();
  const filter = useSignal('');
  const shown = filterCollections(items, filter.value);
  return (
    <>
      <header class="collections-head">
        <h1>{t.collections}</h1>
        {rights.mayChange && (
          <button
            type="button"
            class="button is-primary js-only"
            onClick={() => actions?.openDialog('create')}
          >
            <Icon name="plus" size={16} />
            {texts.create}
          </button>
        )}
      </header>
      {items.length > MAX_UNFILTERED && (
        <input
          type="text"
          class="collections-filter js-only"
          value={filter.value}
          placeholder={texts.filter}
          aria-label={texts.filter}
          autocomplete="off"
          spellcheck={false}
          onInput={(event) => {
            filter.value = event.currentTarget.value;
          }}
        />
      )}
      {items.length === 0 ? (
        <EmptyList />
      ) : (
        <>
          {shown.length === 0 && <p class="muted">{texts.noneFound}</p>}
          <ul class="collection-cards">
            {shown.map((collection) => (
              <CollectionCard key={collection.id} collection={collection} />
            ))}
          </ul>
        </>
      )}
    </>
  );
}

function CollectionCard({
  collection: { id, name, tasks, cover, is_shared },
}: {
  collection: CollectionData;
}) {
  const { f } = useShell();
  const { texts } = useCollections();
  return (
    <li>
      <a class="collection-card" href={linkToCollection(id)}>
        <span class="collection-cover">
          {cover?.sha256 ? (
            <Thumb sha256={cover.sha256} resolution={640} alt="" isLazy />
          ) : (
            <Icon name="layers" size={28} />
          )}
        </span>
        <span class="collection-name" dir="auto">
          {name}
        </span>{' '}
        <span class="muted small">
          {texts.tasks(tasks, f.number(tasks))}
          {is_shared && ` · ${texts.shared}`}
        </span>
      </a>
    </li>
  );
}

function EmptyList() {
  const { texts } = useCollections();
  return (
    <div class="empty">
      <Icon name="layers" size={28} />
      <h2>{texts.emptyList}</h2>
      <p class="muted">{texts.emptyListHint}</p>
      <a class="button" href="./">
        {texts.toPictures}
      </a>
    </div>
  );
}
