/** Reads pages of the history list where they don't delay other requests. */
import { concatTasks } from '../mirror/concat.ts';
import type { ReadHistory } from '../mirror/deps.ts';
import type { Searching } from '../server/search/search-thread.ts';
import type { Store } from '../store/contract/store.ts';

/** Counting and skipping this many tasks takes ten milliseconds; starting a thread takes longer. */
const MAX_TASKS_READ_HERE = 5000;

/** @param thread for a store with more tasks */
export function createHistoryReader(
  store: Pick<Store, 'list' | 'countUpTo'>,
  thread?: Pick<Searching, 'answer'>,
): ReadHistory {
  return async (filter, page) => {
    const isLarge = thread && (await store.countUpTo(MAX_TASKS_READ_HERE + 1)) > MAX_TASKS_READ_HERE;
    if (isLarge) return thread.answer({ route: 'history', filter, page });
    return concatTasks(await store.list(filter, page));
  };
}
