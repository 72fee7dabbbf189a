/** What became of a batch of documents. */
import type { Log } from '../../lib/log.ts';
import type { BatchResult, StoredBatch } from './tasks.ts';

export function createEmptyResult(): BatchResult {
  return { inserted: 0, updated: 0, unchanged: 0, kept: 0, regressions: 0 };
}

export function addResult(total: BatchResult, result: BatchResult): void {
  for (const name of Object.keys(total) as (keyof BatchResult)[]) total[name] += result[name];
}

/** Logs the documents that could not be stored. @returns whether there were none */
export function logUnusable({ unusable = [] }: StoredBatch, log: Log): boolean {
  for (const { id, error } of unusable) log.error({ err: error, id }, 'a document can not be stored');
  return unusable.length === 0;
}
