/**
 * How many typing mistakes lie between two words: letters left out, added, changed, or two neighbours exchanged (optimal string
 * alignment, Boytsov, "Indexing methods for approximate dictionary searching", 2011).
 */

/** @returns the distance, or a number above `max` if it is larger than that */
export function computeEditDistance(from: string, to: string, max: number): number {
  if (Math.abs(from.length - to.length) > max) return max + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let i = 1; i <= from.length; i += 1) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= to.length; j += 1) {
      const isSame = from.charCodeAt(i - 1) === to.charCodeAt(j - 1);
      let cost = Math.min((last[j - 1] ?? 0) + (isSame ? 0 : 1), (last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
      const isExchange =
        i > 1 &&
        j > 1 &&
        from.charCodeAt(i - 1) === to.charCodeAt(j - 2) &&
        from.charCodeAt(i - 2) === to.charCodeAt(j - 1);
      if (isExchange) cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      row.push(cost);
      least = Math.min(least, cost);
    }
    if (least > max && Math.min(...last) > max) return max + 1;
    [beforeLast, last] = [last, row];
  }
  return last[to.length] ?? 0;
}
