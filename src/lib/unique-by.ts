/** The items with different keys, the first of each. */
export function uniqueBy<Item>(items: Iterable<Item>, getKey: (item: Item) => string): Item[] {
  const distinct = new Map<string, Item>();
  for (const item of items) {
    const key = getKey(item);
    if (!distinct.has(key)) distinct.set(key, item);
  }
  return [...distinct.values()];
}
