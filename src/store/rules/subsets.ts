/** All of them but the empty one. */
export function listSubsets<Item>(items: readonly Item[]): Item[][] {
  return Array.from({ length: 2 ** items.length - 1 }, (_, at) =>
    items.filter((_item, index) => ((at + 1) >> index) & 1),
  );
}
