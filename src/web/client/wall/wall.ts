/**
 * The wall in the browser: places of tiles, what part of them is in the page, scrolling within a bounded box, and the focus.
 * The document scrolls. A place on the wall is the scroll position within the box plus the box's offset.
 */
import type { AppState, StickyHeading, VisibleSection } from '../../components/app.ts';
import { findTileOfKey, getTileKey } from '../../components/tile-key.ts';
import { findRowOfTile } from '../../layout/justify.ts';
import { findSection } from '../../layout/sections.ts';
import { type Box, centreBox, fitBox, recentre } from '../../layout/window-box.ts';
import { type Anchor, findAnchor } from './anchor.ts';
import { findNear } from './near.ts';
import { type Direction, findNeighbour } from './neighbours.ts';
import { getHeaderHeight, measureGeometry } from './page-measures.ts';
import { findPlaceOfProgress, findProgress, listMonths } from './progress.ts';
import { type Alignment, findPlaceToReveal } from './reveal.ts';
import { watchScroll } from './scroll-watcher.ts';
import type { SourceSection, TileAt, TileSource } from './source.ts';
import { findStickyHeading, STICKY_HEADING_HEIGHT } from './sticky-heading.ts';
import { focusWhenThere, getFocusedKey } from './tile-focus.ts';
import { createVisibleSection } from './visible-section.ts';
import { createWallLayout, findTileTop, type WallLayout } from './wall-layout.ts';

export interface WallController {
  /** Shows another source, from its start. */
  show(source: TileSource): void;
  /** Places everything again: the width, the density or the source has changed. What is seen stays where it is. */
  relayout(): void;
  /** Shows tiles that have been filled in. */
  refresh(): void;
  /** Brings a tile into view, and gives it the focus. */
  reveal(at: TileAt, options?: RevealOptions): void;
  /** @param progress 0 to 1 of the whole wall */
  jumpTo(progress: number): void;
  jumpToSection(section: number): void;
  /** The first tile that is seen. */
  getAnchor(): Anchor | undefined;
  restore(anchor: Anchor): void;
  /** The tile of a key. */
  locate(key: string): TileAt | undefined;
  getNeighbour(at: TileAt, direction: Direction): TileAt | undefined;
  isAtTop(): boolean;
  readonly sections: readonly SourceSection[];
}

export interface RevealOptions {
  /** Default: true. */
  readonly focus?: boolean;
  /** Default: `nearest`. */
  readonly align?: Alignment;
}

export function createWallController(state: AppState, first: TileSource): WallController {
  let source = first;
  let layout: WallLayout = createWallLayout(first.sections, measureGeometry(state));
  let box: Box = { height: 0, offset: 0 };
  let months = listMonths(layout.sections);
  let shown = '';

  const getElement = () => document.getElementById('wall');
  const getTop = () => getElement()?.getBoundingClientRect().top ?? 0;
  /** The place of the window's top on the wall. */
  const getPlace = () => box.offset - getTop();

  /** A tile to be revealed when the layout of its month is loaded, and what for. */
  let awaited: { readonly key: string; readonly options: RevealOptions } | undefined;

  const locate = (key: string): TileAt | undefined => findTileOfKey(layout.sections, key);

  const getAnchor = () => findAnchor(layout, getPlace(), getHeaderHeight());

  /** The tile that was revealed last, until the reader scrolls on. */
  let revealed: string | undefined;

  /** What is to stay where it is: while the layouts around a revealed tile are loaded, this tile, and not one that is estimated. */
  const getSteadyAnchor = () => {
    const at = revealed === undefined ? undefined : locate(revealed);
    if (revealed === undefined || !at || !layout.rows[at.section]) return getAnchor();
    const distance = findTileTop(layout, at) - getPlace();
    return distance >= 0 && distance < window.innerHeight ? { key: revealed, distance } : getAnchor();
  };

  /** Moves what is seen to a place, by the scroll position and, on a high wall, the box. */
  const moveTo = (place: number) => {
    const limited = Math.max(-getElementOffset(), Math.min(place, layout.placed.total));
    box = centreBox(Math.max(0, limited), layout.placed.total);
    setBoxHeight();
    window.scrollTo({ top: getElementOffset() + limited - box.offset, behavior: 'instant' });
    update();
  };
  const setBoxHeight = () => {
    const element = getElement();
    if (element && state.wall.peek().height !== undefined) element.style.height = `${box.height}px`;
  };
  const getElementOffset = () => getTop() + window.scrollY;

  const setLayout = () => {
    layout = createWallLayout(source.sections, measureGeometry(state));
    months = listMonths(layout.sections);
  };

  /** Places everything again, and keeps a tile where it is. */
  const place = (anchor: Anchor | undefined) => {
    setLayout();
    const at = anchor && locate(anchor.key);
    if (anchor && at) {
      // By the offset, which moves nothing that is seen and ends no fling.
      const moved = findTileTop(layout, at) - anchor.distance - getPlace();
      box = fitBox(layout.placed.total, box.offset + moved);
    } else {
      box = fitBox(layout.placed.total, box.offset);
    }
    shown = '';
    update();
    const wanted = awaited && locate(awaited.key);
    if (awaited && wanted && layout.rows[wanted.section]) controller.reveal(wanted, awaited.options);
  };

  /** Puts what is near to the window into the page, and asks for what is missing of it. */
  const update = () => {
    const top = getPlace();
    const near = findNear(layout, { top, screen: window.innerHeight, focused: getFocusedTile() });
    updateMonth(top);
    const places = near.shown.map(
      ({ section, first, end, focused }) =>
        `${layout.sections[section]?.key} ${layout.placed.tops[section]} ${first} ${end} ${focused}`,
    );
    const now = [box.height, box.offset, scroll.isFast, ...places].join();
    if (now !== shown) {
      shown = now;
      const sections = near.shown.flatMap((each) => createVisibleSection(layout, each, box.offset) ?? []);
      state.wall.value = { height: box.height, sections, withPictures: !scroll.isFast };
      keepFocusReachable(sections);
    }
    const target = awaited && locate(awaited.key);
    const first = target && { section: target.section, first: target.index, end: target.index + 1 };
    if (!scroll.isFast) source.want(first ? [first, ...near.wanted] : near.wanted);
  };

  /** The rail, and the heading at the top. */
  const updateMonth = (top: number) => {
    const seen = top + getHeaderHeight();
    const current = findSection(layout.placed, seen);
    const before = state.rail.peek();
    if (before.current !== current || before.months !== months) state.rail.value = { months, current };
    state.railProgress.value = findProgress(layout, seen);
    showStickyHeading(findStickyHeading(layout, seen));
  };

  /** Most frames change nothing of it. */
  const showStickyHeading = (now: StickyHeading | undefined) => {
    const before = state.stickyHeading.peek();
    if (before?.month !== now?.month || before?.count !== now?.count || before?.shift !== now?.shift)
      state.stickyHeading.value = now;
  };

  /** The tile that has the focus stays in the page, wherever the wall is. */
  const getFocusedTile = (): TileAt | undefined => {
    const key = getFocusedKey();
    return key === undefined ? undefined : locate(key);
  };

  /** The Tab key must reach a tile that is in the page. */
  const keepFocusReachable = (sections: readonly VisibleSection[]) => {
    const keys = sections.flatMap(({ tiles }) => tiles.map(({ key }) => key));
    const { focusedKey } = state;
    if (keys.length > 0 && !keys.includes(focusedKey.peek() ?? '')) focusedKey.value = keys[0];
  };

  const endScroll = (wasFast: boolean) => {
    const top = getPlace();
    const next = recentre(box, top, layout.placed.total);
    if (next !== box) {
      box = next;
      setBoxHeight();
      window.scrollTo({ top: getElementOffset() + top - box.offset, behavior: 'instant' });
      shown = '';
    } else if (wasFast) shown = '';
    update();
  };

  const scroll = watchScroll({ onMove: () => update(), onEnd: endScroll });
  const onResize = () => controller.relayout();
  /** A reader who scrolls on does not wait for what was asked for before. */
  const stopAwaiting = () => {
    awaited = undefined;
    revealed = undefined;
  };
  window.addEventListener('wheel', stopAwaiting, { passive: true });
  window.addEventListener('touchmove', stopAwaiting, { passive: true });
  const resizes = new ResizeObserver(onResize);

  const controller: WallController = {
    show: (next) => {
      if (next !== source) source.stop();
      source = next;
      revealed = undefined;
      box = { height: 0, offset: 0 };
      setLayout();
      box = fitBox(layout.placed.total, 0);
      shown = '';
      update();
    },
    relayout: () => place(getSteadyAnchor()),
    refresh: () => {
      shown = '';
      update();
    },
    reveal: (at, options = {}) => {
      const { focus = true, align = 'nearest' } = options;
      const section = layout.sections[at.section];
      if (!section) return;
      const rows = layout.rows[at.section];
      const row = rows ? findRowOfTile(rows, at.index) : 0;
      const header = getHeaderHeight() + (section.month === undefined ? 0 : STICKY_HEADING_HEIGHT);
      const target = findPlaceToReveal({
        ...{
          top: findTileTop(layout, at),
          height: rows?.heights[row] ?? 0,
          isFirst: at.section === 0 && row === 0,
        },
        ...{ place: getPlace(), screen: window.innerHeight, header, align },
      });
      if (target !== undefined) moveTo(target);
      const key = getTileKey(section, at.index);
      awaited = rows ? undefined : { key, options };
      revealed = key;
      state.focusedKey.value = key;
      if (focus) focusWhenThere(key);
      shown = '';
      update();
    },
    jumpTo: (progress) => {
      const end = layout.sections.length - 1;
      const count = layout.sections[end]?.count ?? 0;
      // Where the end is, is an estimate until the last layout is loaded.
      if (progress >= 1 && count > 0) {
        controller.reveal({ section: end, index: count - 1 }, { focus: false });
        return;
      }
      stopAwaiting();
      moveTo(findPlaceOfProgress(layout, progress) - getHeaderHeight());
    },
    jumpToSection: (section) => {
      stopAwaiting();
      moveTo((layout.placed.tops[section] ?? 0) - getHeaderHeight());
    },
    getAnchor,
    restore: (anchor) => {
      const at = locate(anchor.key);
      if (at) moveTo(findTileTop(layout, at) - anchor.distance);
    },
    locate,
    getNeighbour: (at, direction) =>
      findNeighbour(layout, at, direction, window.innerHeight - getHeaderHeight()),
    isAtTop: () => window.scrollY < 40 && box.offset === 0,
    get sections() {
      return layout.sections;
    },
  };
  // The wall takes the width that the page gives it. It is not there while there is nothing to show.
  const holder = document.querySelector('.wall-and-rail');
  if (holder) resizes.observe(holder);
  return controller;
}
