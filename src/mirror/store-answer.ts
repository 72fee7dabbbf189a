/** Stores documents fetched on a caller's behalf. */
import { logUnusable } from '../store/contract/batch-result.ts';
import type { Batch } from '../store/contract/tasks.ts';
import type { TaskDocument } from '../task/document.ts';
import { nextCheckDelay } from '../task/next-check.ts';
import type { MirrorDeps } from './deps.ts';

/**
 * Stores documents; new unfinished ones become tracked.
 * @returns whether all are stored. On failure (a full disk, say) the caller must still get the upstream's response.
 */
export async function storeAnswer(
  deps: MirrorDeps,
  documents: readonly TaskDocument[],
  requestSeq: number,
  options: Pick<Batch, 'isUnasked'> = {},
): Promise<boolean> {
  const fetchedAtMs = deps.clock.now();
  try {
    const result = await deps.store.storeDocuments({
      ...options,
      announces: options.isUnasked ? 'awaited' : 'all',
      documents,
      requestSeq,
      fetchedAtMs,
      trackPendingAtMs: fetchedAtMs + nextCheckDelay(0, deps.random),
    });
    if (result.regressions > 0) {
      deps.log.warn(
        { regressions: result.regressions },
        'the upstream changed finished tasks; kept what was stored',
      );
    }
    return logUnusable(result, deps.log);
  } catch (error) {
    deps.log.error({ err: error }, 'could not store what the upstream sent');
    return false;
  }
}
