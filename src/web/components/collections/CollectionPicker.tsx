/** All collections, to be filtered by name and chosen from, and a new one by the name that was typed. */
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { filterCollections, isSameName } from '../../view/collections-data.ts';
import type { CollectionData } from '../../view/data.ts';
import type { CollectionTexts } from '../../view/i18n/collections/texts.ts';
import { Icon } from '../Icon.tsx';
import { useShell } from '../shell.ts';

interface Props {
  readonly texts: CollectionTexts;
  readonly load: () => Promise<readonly CollectionData[]>;
  /** A new list is asked for when it changes. */
  readonly version: number;
  readonly onCreate: (name: string) => void;
  /** What is shown of each. */
  readonly children: (collection: CollectionData) => ComponentChildren;
}

export function CollectionPicker({ texts, load, version, onCreate, children }: Props) {
  const { t } = useShell();
  const text = useSignal('');
  const found = useSignal<readonly CollectionData[] | 'loading' | 'failed'>('loading');
  const input = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => input.current?.focus({ preventScroll: true }), []);
  useEffect(() => {
    let isOver = false;
    load().then(
      (items) => {
        if (!isOver) found.value = items;
      },
      () => {
        if (!isOver && found.peek() === 'loading') found.value = 'failed';
      },
    );
    return () => {
      isOver = true;
    };
  }, [version]);
  const all = typeof found.value === 'string' ? [] : found.value;
  const name = text.value.trim();
  const canCreate =
    typeof found.value !== 'string' && name !== '' && !all.some((each) => isSameName(each.name, name));
  return (
    <div class="picker">
      <input
        ref={input}
        type="text"
        value={text.value}
        placeholder={texts.filterOrCreate}
        aria-label={texts.filterOrCreate}
        dir="auto"
        autocomplete="off"
        spellcheck={false}
        enterkeyhint="done"
        onInput={(event) => {
          text.value = event.currentTarget.value;
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.isComposing) return;
          event.preventDefault();
          if (canCreate) onCreate(name);
        }}
      />
      {typeof found.value === 'string' && (
        <p class="muted" role="status">
          {found.value === 'failed' ? t.failedToLoad : `${t.loading}…`}
        </p>
      )}
      <ul class="menu" aria-label={t.collections}>
        {filterCollections(all, text.value).map((collection) => (
          <li key={collection.id}>{children(collection)}</li>
        ))}
      </ul>
      {canCreate && (
        <button type="button" class="button" onClick={() => onCreate(name)}>
          <Icon name="plus" size={16} />
          <span class="chip-text" dir="auto">
            {texts.createNamed(name)}
          </span>
        </button>
      )}
    </div>
  );
}
