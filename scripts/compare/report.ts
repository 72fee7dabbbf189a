/** Prints the comparison: a table by surface, then every difference. */
import type { Comparison, Verdict } from './observation.ts';

const VERDICTS: readonly Verdict[] = ['same', 'superset', 'wording', 'different'];
const MAX_DETAILS = 12;
const MAX_WIDTH = 400;

export interface ReportOptions {
  readonly title: string;
  /** Also shows what supersets add, and differences in wording. */
  readonly isVerbose: boolean;
}

/** @returns whether everything is the same or a superset */
export function printReport(
  comparisons: readonly Comparison[],
  { title, isVerbose }: ReportOptions,
): boolean {
  console.log(`${title}\n`);
  console.log(`${'compared'.padEnd(36)}${VERDICTS.map((verdict) => verdict.padStart(11)).join('')}`);
  for (const surface of [...new Set(comparisons.map((one) => one.surface))]) {
    const ofSurface = comparisons.filter((one) => one.surface === surface);
    const counts = VERDICTS.map((verdict) => ofSurface.filter((one) => one.verdict === verdict).length);
    console.log(`${surface.padEnd(36)}${counts.map((count) => String(count).padStart(11)).join('')}`);
  }
  const shown: readonly Verdict[] = isVerbose ? ['superset', 'wording', 'different'] : ['different'];
  for (const { surface, name, verdict, details } of comparisons) {
    if (!shown.includes(verdict)) continue;
    console.log(`\n${verdict}: ${surface}: ${shorten(name)}`);
    for (const line of details.slice(0, MAX_DETAILS)) console.log(`  ${shorten(line)}`);
    if (details.length > MAX_DETAILS) console.log(`  … and ${details.length - MAX_DETAILS} more lines`);
  }
  return comparisons.every(({ verdict }) => verdict !== 'different');
}

function shorten(line: string): string {
  return line.length <= MAX_WIDTH ? line : `${line.slice(0, MAX_WIDTH)} …`;
}
