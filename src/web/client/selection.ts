/** Selecting tasks one by one, in ranges, or as everything that the search finds. */
import type { AppState } from '../components/app.ts';
import { NO_SELECTION } from '../components/wall-state.ts';
import type { TileAt, TileSource } from './wall/source.ts';

export interface SelectionController {
  toggle(id: string, extend: boolean): void;
  /** Toggles the first tile of a range. */
  startRange(id: string): void;
  /** Does the same to all tiles from the first one to this one, and leaves the others as they were when the range began. */
  extendRange(id: string): void;
  /** @param found how many tasks the search finds */
  selectAll(found: number): void;
  clear(): void;
}

/** A range that is being dragged. */
interface Range {
  readonly first: string;
  readonly last: string | undefined;
  /** The selection without it. */
  readonly before: ReadonlySet<string>;
  readonly isSelected: boolean;
}

export function createSelection(state: AppState, getSource: () => TileSource): SelectionController {
  let anchor: string | undefined;
  let range: Range | undefined;

  const toggle = (id: string, extend: boolean) => {
    const selection = state.selection.peek();
    const { ids, isSearch } = selection;
    const next = new Set(ids);
    const range = extend && anchor !== undefined ? listBetween(getSource(), anchor, id) : undefined;
    if (range) {
      for (const each of range) setSelected(next, each, true, isSearch);
    } else {
      setSelected(next, id, ids.has(id) === isSearch, isSearch);
      anchor = id;
    }
    state.selection.value = { ...selection, ids: next };
  };

  const startRange = (id: string) => {
    const { ids, isSearch } = state.selection.peek();
    range = { first: id, last: undefined, before: ids, isSelected: ids.has(id) === isSearch };
    anchor = id;
    extendRange(id);
  };

  const extendRange = (id: string) => {
    if (!range || range.last === id) return;
    const selection = state.selection.peek();
    const next = new Set(range.before);
    for (const each of listBetween(getSource(), range.first, id) ?? [range.first])
      setSelected(next, each, range.isSelected, selection.isSearch);
    range = { ...range, last: id };
    state.selection.value = { ...selection, ids: next };
  };

  return {
    ...{ toggle, startRange, extendRange },
    selectAll: (found) => {
      state.selection.value = { ids: new Set(), isSearch: true, found };
    },
    clear: () => {
      anchor = undefined;
      range = undefined;
      state.selection.value = NO_SELECTION;
    },
  };
}

/** In a selection of everything, `ids` are the exceptions. */
function setSelected(ids: Set<string>, id: string, isSelected: boolean, isSearch: boolean): void {
  if (isSelected === isSearch) ids.delete(id);
  else ids.add(id);
}

/** The loaded tiles from one to another, in either direction. */
function listBetween(source: TileSource, from: string, to: string): string[] | undefined {
  const [a, b] = [source.find(from), source.find(to)];
  if (!a || !b) return undefined;
  const [start, end] = isBefore(a, b) ? [a, b] : [b, a];
  const ids: string[] = [];
  for (let section = start.section; section <= end.section; section += 1) {
    const own = source.sections[section];
    if (!own) continue;
    const first = section === start.section ? start.index : 0;
    const last = section === end.section ? end.index : own.count - 1;
    for (let index = first; index <= last; index += 1) {
      const tile = own.getTile(index);
      if (tile) ids.push(tile.id);
    }
  }
  return ids;
}

function isBefore(a: TileAt, b: TileAt): boolean {
  return a.section < b.section || (a.section === b.section && a.index <= b.index);
}
