/** Marks for all that is selected. Loaded with the first selection. */
import { RATINGS } from '../view/marks.ts';
import { useApp } from './app.ts';
import { Icon } from './Icon.tsx';
import { Popover } from './Popover.tsx';
import { TagInput } from './TagInput.tsx';

export function MarkButtons() {
  const { t, state, actions } = useApp();
  const tiles = state.wall.value.sections.flatMap((section) => section.tiles);
  const areHidden = tiles.length > 0 && tiles.every(({ tile }) => tile?.marks?.hidden);
  return (
    <>
      <button type="button" class="button" onClick={() => actions?.mark('star', undefined)}>
        <Icon name="star" size={16} />
        {t.star}
      </button>
      <Popover name="mark-rating" class="button" title={t.rating} label={t.rating}>
        {() => (
          <div class="menu">
            {[...RATINGS.toReversed(), 0].map((rating) => (
              <button
                key={rating}
                type="button"
                onClick={() => {
                  actions?.togglePopover(undefined);
                  actions?.mark({ rating }, undefined);
                }}
              >
                {t.rated(rating)}
              </button>
            ))}
          </div>
        )}
      </Popover>
      <Popover name="mark-tags" class="button" title={t.tags} label={t.tags}>
        {() => (
          <TagInput
            hasFocus
            onAdd={(tag) => actions?.mark({ addTags: [tag] }, undefined)}
            onRemove={(tag) => actions?.mark({ removeTags: [tag] }, undefined)}
          />
        )}
      </Popover>
      <button type="button" class="button" onClick={() => actions?.mark('hide', undefined)}>
        <Icon name="eye-off" size={16} />
        {areHidden ? t.unhide : t.hide}
      </button>
    </>
  );
}
