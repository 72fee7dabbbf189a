/** Sums the results of several batches. */
import type { BatchResult } from './tasks.ts';

export function createEmptyResult(): BatchResult {
  return { inserted: 0, updated: 0, unchanged: 0, kept: 0, regressions: 0 };
}

export function addResult(total: BatchResult, result: BatchResult): void {
  for (const name of Object.keys(total) as (keyof BatchResult)[]) total[name] += result[name];
}
