/** The wall of pictures. The browser lays it out as rows until the script knows the places (client/wall/). */
import { isFiltered } from '../view/url.ts';
import { useApp, type VisibleSection } from './app.ts';
import { MonthTitle } from './MonthTitle.tsx';
import { EmptyMirror, NoHits } from './SearchNotes.tsx';
import { Tile } from './Tile.tsx';

/** Tiles that are loaded before all others. */
const FIRST_TILES = 14;

export function Wall() {
  const { t, state } = useApp();
  const { height, sections } = state.wall.value;
  const total = state.total.value;
  if (total?.count === 0 && (state.info.value?.close_total ?? 0) === 0)
    return isFiltered(state.shownView.value) ? <NoHits /> : <EmptyMirror />;
  return (
    <section
      id="wall"
      class={`wall${height === undefined ? '' : ' is-placed'}${state.isStale.value ? ' is-stale' : ''}`}
      style={height === undefined ? undefined : { height: `${height}px` }}
      aria-label={t.wall}
    >
      {sections.map((section, at) => (
        <WallSection key={section.key} section={section} isFirst={at === 0} />
      ))}
    </section>
  );
}

function WallSection({ section, isFirst }: { section: VisibleSection; isFirst: boolean }) {
  const app = useApp();
  const { t, state } = app;
  const { place, title, month, count, tiles } = section;
  const view = state.shownView.value;
  const selection = state.selection.value;
  const hasCaption = state.preferences.value.captions || view.q.trim() !== '';
  const { withPictures } = state.wall.value;
  const focused = state.focusedKey.value;
  return (
    <section class="section" style={place && { transform: `translateY(${place.y}px)` }} data-month={month}>
      {title === 'month' && month !== undefined && (
        <h2 class="section-title" id={`month-${month}`}>
          <MonthTitle month={month} count={count} />
        </h2>
      )}
      {title === 'close' && (
        <h2 class="section-title">
          {t.closeMatches} <small>{t.closeMatchesHint}</small>
        </h2>
      )}
      <ol class={`rows${hasCaption ? ' has-captions' : ''}`} style={place && { height: `${place.height}px` }}>
        {tiles.map((tile, at) => (
          <Tile
            {...tile}
            key={tile.key}
            tileKey={tile.key}
            app={app}
            isSelected={tile.tile !== undefined && selection.ids.has(tile.tile.id) !== selection.isSearch}
            isFocused={tile.key === focused}
            hasCaption={hasCaption}
            withPicture={withPictures}
            isFirst={isFirst && at < FIRST_TILES}
          />
        ))}
      </ol>
    </section>
  );
}
