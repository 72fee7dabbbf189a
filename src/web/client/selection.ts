/** Selecting tasks one by one, in ranges, or as everything that the search finds. */
import type { AppState } from '../components/app.ts';
import { NO_SELECTION } from '../components/wall-state.ts';
import type { TileAt, TileSource } from './wall/source.ts';

export interface SelectionController {
  toggle(id: string, extend: boolean): void;
  /** @param found how many tasks the search finds */
  selectAll(found: number): void;
  clear(): void;
}

export function createSelection(state: AppState, getSource: () => TileSource): SelectionController {
  let anchor: string | undefined;

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

  return {
    toggle,
    selectAll: (found) => {
      state.selection.value = { ids: new Set(), isSearch: true, found };
    },
    clear: () => {
      anchor = undefined;
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
