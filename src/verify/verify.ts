/**
 * Asks the upstream for stored finished tasks again, in batches, and reports what differs. Reads only: neither documents nor tracked ids
 * change, and finished documents stay as they were stored.
 */
import type { Store } from '../store/contract/store.ts';
import type { TaskId } from '../task/id.ts';
import { MAX_BATCH } from '../upstream/client.ts';
import { type CheckBatchDeps, type CheckBatchOptions, createBatchChecker } from './check-batch.ts';
import { type CheckLinksDeps, createLinkChecker } from './check-links.ts';
import type { LinkCounts, TaskCounts } from './finding.ts';
import { listTaskLinks } from './task-links.ts';

export interface VerifyDeps extends CheckBatchDeps, CheckLinksDeps {
  readonly store: Pick<Store, 'getMany' | 'imagesOf'>;
  readonly batchSize: number;
}

export interface VerifyOptions extends CheckBatchOptions {
  /** Of finished tasks, page by page. */
  readonly ids: AsyncIterable<readonly TaskId[]>;
  /** Whether the links of these tasks are checked, too. */
  readonly checksLinks: boolean;
  /** Called with the number of tasks that are done. */
  readonly onProgress: (done: number) => void;
}

export interface VerifyResult {
  readonly outcome: 'done' | 'stopped' | 'failed';
  /** Why it ended early. */
  readonly error: string | undefined;
  readonly tasks: TaskCounts;
  /** Undefined if they were not checked. */
  readonly links: LinkCounts | undefined;
}

/** Failed batches in a row after which the upstream counts as down. */
const MAX_FAILURES = 3;

/** Failures of the upstream are part of the result. @throws StoreError */
export async function verifyTasks(deps: VerifyDeps, options: VerifyOptions): Promise<VerifyResult> {
  const { signal, onFinding, onProgress } = options;
  const checker = createBatchChecker(deps, options);
  const links = options.checksLinks ? createLinkChecker(deps, onFinding) : undefined;
  const end = (outcome: VerifyResult['outcome'], error?: string): VerifyResult => {
    return { outcome, error, tasks: checker.counts, links: links?.counts };
  };
  let failures = 0;
  let lastReason: string | undefined;
  let done = 0;
  try {
    for await (const ids of splitIntoBatches(options.ids, Math.min(deps.batchSize, MAX_BATCH))) {
      const { stored, failure } = await checker.check(ids);
      failures = failure ? failures + 1 : 0;
      lastReason = failure?.reason;
      if (failure?.isFinal || failures >= MAX_FAILURES) return end('failed', lastReason);
      await links?.check(await listTaskLinks(deps.store, stored), signal);
      done += ids.length;
      onProgress(done);
    }
    // For a check of fewer batches than that.
    return lastReason !== undefined && checker.counts.checked === 0 ? end('failed', lastReason) : end('done');
  } catch (error) {
    if (signal.aborted) return end('stopped', 'stopped');
    throw error;
  }
}

/** Batches of the same size, whatever the size of the pages; the last one may be smaller. */
async function* splitIntoBatches(
  pages: AsyncIterable<readonly TaskId[]>,
  size: number,
): AsyncGenerator<TaskId[]> {
  let waiting: TaskId[] = [];
  for await (const page of pages) {
    waiting.push(...page);
    for (; waiting.length >= size; waiting = waiting.slice(size)) yield waiting.slice(0, size);
  }
  if (waiting.length > 0) yield waiting;
}
