/** The keys of a collection, for the sheet of keys. */
import { KeySection } from '../HelpSheet.tsx';
import { useCollections } from './state.ts';

export function CollectionKeys({ mayChange }: { mayChange: boolean }) {
  const { keys, keyTexts } = useCollections().texts;
  return (
    <KeySection
      title={keys}
      keys={[
        [keyTexts.move, ['←', '→', '↑', '↓']],
        ...(mayChange
          ? ([
              [keyTexts.place, ['Alt ← → ↑ ↓']],
              [keyTexts.placeEnds, ['Alt Home', 'Alt End']],
              [keyTexts.remove, ['Delete']],
              [keyTexts.undo, ['Ctrl Z']],
            ] as const)
          : []),
      ]}
    />
  );
}
