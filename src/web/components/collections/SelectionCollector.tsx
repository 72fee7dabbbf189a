/** Adds what is selected on the wall to a collection. */
import { useApp } from '../app.ts';
import type { CollectionControls } from '../collection-controls.ts';
import { Icon } from '../Icon.tsx';
import { Popover } from '../Popover.tsx';
import { CollectionPicker } from './CollectionPicker.tsx';

export function SelectionCollector({ controls }: { controls: CollectionControls }) {
  const { f } = useApp();
  const { texts, collecting } = controls;
  return (
    <Popover
      name="collect"
      class="button"
      title={texts.addTo}
      label={
        <>
          <Icon name="layers" size={16} />
          {texts.addTo}
        </>
      }
    >
      {() => (
        <CollectionPicker
          texts={texts}
          load={() => collecting.list()}
          version={0}
          onCreate={(name) => collecting.addSelected({ name })}
        >
          {(collection) => (
            <button type="button" onClick={() => collecting.addSelected(collection)}>
              <span dir="auto">{collection.name}</span>
              <span class="count">{f.number(collection.tasks)}</span>
            </button>
          )}
        </CollectionPicker>
      )}
    </Popover>
  );
}
