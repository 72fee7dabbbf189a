/** The collections that the open task is in, and what puts it into others. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { linkToCollection } from '../../view/collections-data.ts';
import type { CollectionData } from '../../view/data.ts';
import { useApp } from '../app.ts';
import type { CollectionControls } from '../collection-controls.ts';
import { Icon } from '../Icon.tsx';
import { Popover } from '../Popover.tsx';
import { CollectionPicker } from './CollectionPicker.tsx';

interface Props {
  /** Of the task. */
  readonly id: string;
  readonly controls: CollectionControls;
}

export function TaskCollections({ id, controls }: Props) {
  const { t, state, actions, rights } = useApp();
  const { texts, collecting } = controls;
  const own = useSignal<readonly CollectionData[] | undefined>(undefined);
  const version = collecting.version.value;
  const isConnected = state.connection.value === 'ok';
  useEffect(() => {
    let isOver = false;
    if (isConnected || own.peek() === undefined)
      collecting.list(id).then(
        (items) => {
          if (!isOver) own.value = items;
        },
        () => undefined, // the trouble line says it; it is tried again with the connection
      );
    return () => {
      isOver = true;
    };
  }, [version, isConnected]);
  const wanted = state.editedMark.value;
  useEffect(() => {
    if (wanted !== 'collections') return;
    state.editedMark.value = undefined;
    actions?.togglePopover('task-collections');
  }, [wanted]);

  /** Shown at once; if it fails, the list is read again. */
  const set = (collection: CollectionData, isIn: boolean) => {
    const others = (own.peek() ?? []).filter((each) => each.id !== collection.id);
    own.value = isIn ? [...others, collection] : others;
    if (isIn) collecting.addTask(id, collection);
    else collecting.takeTask(id, collection);
  };

  return (
    <>
      {rights.mayChange && (
        <Popover
          name="task-collections"
          class="button"
          title={t.collections}
          label={
            <>
              <Icon name="layers" size={16} />
              {t.collections}
            </>
          }
        >
          {() => (
            <CollectionPicker
              texts={texts}
              load={() => collecting.list()}
              version={version}
              onCreate={(name) => collecting.addTask(id, { name })}
            >
              {(collection) => (
                <label>
                  <input
                    type="checkbox"
                    checked={own.value?.some((each) => each.id === collection.id) ?? false}
                    disabled={own.value === undefined}
                    onChange={(event) => set(collection, event.currentTarget.checked)}
                  />
                  <span dir="auto">{collection.name}</span>
                </label>
              )}
            </CollectionPicker>
          )}
        </Popover>
      )}
      {own.value && own.value.length > 0 && (
        <ul class="tags" aria-label={texts.inCollections}>
          {own.value.map((collection) => (
            <li key={collection.id} class="tag">
              <a href={linkToCollection(collection.id)} dir="auto">
                {collection.name}
              </a>
              {rights.mayChange && (
                <button
                  type="button"
                  aria-label={t.remove(collection.name)}
                  onClick={() => set(collection, false)}
                >
                  <Icon name="x" size={14} />
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
      {own.value?.length === 0 && <p class="muted">{texts.inNone}</p>}
    </>
  );
}
