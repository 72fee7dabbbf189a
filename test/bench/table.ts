/** Printing results. */

export interface Row {
  readonly what: string;
  readonly value: string;
  readonly wanted?: string;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? 0)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/** As a Markdown table, ready for the docs. */
export function printTable(title: string, rows: readonly Row[]): void {
  console.log(`\n### ${title}\n\n| what | measured | wanted |\n|---|---|---|`);
  for (const { what, value, wanted } of rows) console.log(`| ${what} | ${value} | ${wanted ?? ''} |`);
}
