/** Decides which webhooks are told of the tasks that have finished: those whose saved search matches them. */
import type { SavedSearch } from '../store/contract/saved-searches.ts';
import type { Store } from '../store/contract/store.ts';
import type { TaskId } from '../task/id.ts';

export interface PlanDeps {
  readonly store: Pick<Store, 'finishedTasks' | 'webhooks' | 'savedSearches' | 'planMessages'>;
  /** Those of the tasks that a saved search matches exactly. */
  readonly findMatching: (saved: SavedSearch, ids: readonly TaskId[]) => Promise<readonly TaskId[]>;
}

/** Tasks that are looked at in one transaction. */
const BATCH_SIZE = 100;

/** Plans until no finished task is left, or `stop` is aborted. What fails is planned again by the next call. */
export async function planMessages(
  { store, findMatching }: PlanDeps,
  now: () => number,
  stop: AbortSignal,
): Promise<void> {
  while (!stop.aborted) {
    const finished = await store.finishedTasks(BATCH_SIZE);
    if (finished.length === 0) return;
    const watched = new Set((await store.webhooks()).map(({ savedSearchId }) => savedSearchId));
    const matches = new Map<string, readonly TaskId[]>();
    for (const saved of await store.savedSearches())
      if (watched.has(saved.id)) matches.set(saved.id, await findMatching(saved, finished));
    await store.planMessages({ finished, matches, nowMs: now() });
  }
}
