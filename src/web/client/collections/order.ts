/** The order of the pictures that a page shows. */
import type { Drag } from '../../components/collections/state.ts';

interface Entry {
  readonly id: string;
}

/** @param to its place then, from 0 @returns the same list if it stands there */
export function moveEntry<T extends Entry>(entries: readonly T[], id: string, to: number): readonly T[] {
  const from = entries.findIndex((entry) => entry.id === id);
  const moved = entries[from];
  const place = Math.max(0, Math.min(to, entries.length - 1));
  if (!moved || place === from) return entries;
  const rest = entries.filter((entry) => entry !== moved);
  return [...rest.slice(0, place), moved, ...rest.slice(place)];
}

/** The place that a dragged picture would have, from 0; undefined: where it is. */
export function findDropPlace(entries: readonly Entry[], { id, target }: Drag): number | undefined {
  const from = entries.findIndex((entry) => entry.id === id);
  const at = entries.findIndex((entry) => entry.id === target?.id);
  if (!target || from < 0 || at < 0) return undefined;
  // Behind it, everything moves up.
  const place = at + (target.side === 'after' ? 1 : 0) - (from < at ? 1 : 0);
  return at === from || place === from ? undefined : place;
}
