/** Finds the tasks of a selection, page by page, as far as the caller may see them. */
import { setImmediate } from 'node:timers/promises';
import { ApiError } from '../../lib/api-error.ts';
import { maySee } from '../../mirror/visibility.ts';
import type { Store } from '../../store/contract/store.ts';
import type { StoredTask } from '../../store/contract/tasks.ts';
import type { TaskId } from '../../task/id.ts';
import type { TaskLimits } from '../../task/limits.ts';
import type { CountAnswer, MatchesAnswer } from '../search/search-protocol.ts';
import type { AskedBy, Searching } from '../search/search-thread.ts';
import type { SearchSelection, Selection } from './selection.ts';

export interface SelectionDeps {
  readonly store: Pick<Store, 'getMany'>;
  /** For searches. */
  readonly thread: Searching;
  readonly limits: TaskLimits | undefined;
  readonly nowMs: number;
  readonly askedBy: AskedBy;
}

const PAGE_SIZE = 200;

/** How many tasks a search matches, and what of it was not understood. */
export function countSelected(
  { query }: SearchSelection,
  { thread, limits, nowMs, askedBy }: SelectionDeps,
): Promise<CountAnswer> {
  return thread.answer({ route: 'count', query, limits, nowMs }, undefined, askedBy);
}

/** @throws ApiError 409 when it is not the number that the caller knows of */
export function checkCount({ count }: SearchSelection, found: number): void {
  if (found !== count)
    throw new ApiError(
      409,
      'conflict',
      `the search matches ${found} tasks, and not ${count}: count again and decide anew`,
    );
}

/** Of a search, not more than its count: what is newer was added since. Includes placeholder tasks. */
export async function* listTasks(
  selection: Selection,
  deps: SelectionDeps,
): AsyncGenerator<readonly StoredTask[], void> {
  if (selection.kind === 'ids') yield* listByIds(selection.ids, deps);
  else
    for await (const page of listMatches(selection, deps))
      yield page.tasks.filter(({ id }) => !selection.except.has(id));
}

async function* listByIds(
  ids: readonly TaskId[],
  { store, limits }: Pick<SelectionDeps, 'store' | 'limits'>,
): AsyncGenerator<readonly StoredTask[], void> {
  for (let at = 0; at < ids.length; at += PAGE_SIZE) {
    if (at > 0) await setImmediate(); // lets other requests go
    const page = await store.getMany(ids.slice(at, at + PAGE_SIZE));
    yield page.filter((task) => maySee({ limits }, task));
  }
}

/** All that match, also those that are left out. */
export async function* listMatches(
  { query, count, except, after: start }: SearchSelection,
  { thread, limits, nowMs, askedBy }: SelectionDeps,
): AsyncGenerator<MatchesAnswer, void> {
  let left = start ? count + except.size : count;
  let after = start;
  do {
    const limit = Math.min(left, PAGE_SIZE);
    if (limit === 0) return;
    const page: MatchesAnswer = await thread.answer(
      { route: 'matches', query, limits, nowMs, after, limit },
      undefined,
      askedBy,
    );
    yield page;
    left -= page.tasks.length;
    after = page.next;
  } while (after !== undefined);
}
