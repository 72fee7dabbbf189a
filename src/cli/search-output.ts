/** What `flux-mirror search` prints: hits as a table or as columns, and what else may have been meant. */
import type { ImageFiles } from '../archive/files.ts';
import { cleanField } from '../lib/clean-text.ts';
import type { SearchAlternatives, SearchHit } from '../views/search-schema.ts';
import { listLocalFiles } from './local-files.ts';
import { formatCount, pluralize } from './output.ts';

/** A hit with what is said about it below its line. */
export interface DescribedHit {
  readonly hit: SearchHit;
  readonly remarks: readonly string[];
}

/**
 * A table on a terminal, with the paths of archived files; otherwise tab-separated and not truncated, for other programs.
 * @returns the lines of each hit
 */
export async function formatHits(
  described: readonly DescribedHit[],
  files: ImageFiles,
  timeZone: string | undefined,
): Promise<string[][]> {
  const { isTTY, columns: width } = process.stdout;
  const listFiles = (hit: SearchHit) => listLocalFiles(hit, files);
  if (isTTY) {
    const { formatHitTable } = await import('./hit-table.ts');
    const terminal = { columns: width, hasColors: process.stdout.hasColors() };
    const rows = formatHitTable(
      described.map(({ hit }) => hit),
      terminal,
      timeZone,
    );
    return described.map(({ hit, remarks }, at) => [
      rows[at] ?? '',
      ...[...remarks, ...listFiles(hit)].map((line) => `    ${cleanField(line)}`),
    ]);
  }
  return described.map(({ hit, remarks }) => {
    const { created_at, id, state, model, prompt } = hit;
    const [path] = listFiles(hit);
    const columns = [created_at, id, state, model ?? '-', prompt.replaceAll(/\s+/g, ' ')];
    return [
      (path === undefined ? columns : [...columns, path]).map(cleanField).join('\t'),
      ...remarks.map((remark) => `    ${cleanField(remark)}`),
    ];
  });
}

/** One line each: what else may have been meant. */
export function describeAlternatives({ did_you_mean, without, values }: SearchAlternatives): string[] {
  const describe = ({ total, total_is_exact }: { total: number; total_is_exact: boolean }) =>
    `${total_is_exact ? '' : 'more than '}${pluralize(total, 'hit')}`;
  return [
    ...did_you_mean.map((other) => `did you mean: ${other.query} (${describe(other)})`),
    // A part that finds no more when it is gone is no way on.
    ...without.filter(({ total }) => total > 0).map((other) => `without ${other.part}: ${describe(other)}`),
    ...values.map(({ field, values: known }) => {
      const list = known.map(({ value, count }) => `${value} (${formatCount(count)})`).join(', ');
      return `values of ${field}: ${list === '' ? 'none' : list}`;
    }),
  ];
}

export function describeTotal({
  shown,
  close,
  total,
  isExact,
}: {
  shown: number;
  close: number;
  total: number;
  isExact: boolean;
}): string {
  const all = `${isExact ? '' : 'more than '}${pluralize(total, 'hit')}`;
  const exact = shown - close;
  const head = exact < total ? `${formatCount(exact)} of ${all}; --limit and --all show more` : all;
  const matches = close === 1 ? 'close match' : 'close matches';
  return close === 0 ? head : `${head}, and ${formatCount(close)} ${matches}; --exact leaves them out`;
}
