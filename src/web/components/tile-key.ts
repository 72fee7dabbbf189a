/** Keys of tiles: a tile keeps its key, and with it its element and the focus, when others come. */

interface KeyedSection {
  readonly key: string;
  readonly month: string | undefined;
  readonly count: number;
}

/** Of a month by the distance from its end, since new tasks come at its start; by best match from the start, where more come behind. */
export function getTileKey({ key, month, count }: KeyedSection, index: number): string {
  return `${key}/${month === undefined ? index : count - index}`;
}

/** @returns undefined if it is in none of the sections */
export function findTileOfKey(
  sections: readonly KeyedSection[],
  key: string,
): { readonly section: number; readonly index: number } | undefined {
  const slash = key.lastIndexOf('/');
  const section = sections.findIndex((each) => each.key === key.slice(0, slash));
  const found = sections[section];
  if (!found) return undefined;
  const number = Number(key.slice(slash + 1));
  const index = found.month === undefined ? number : found.count - number;
  return index >= 0 ? { section, index } : undefined;
}
