/** The ids of a selection that is changed: as many as one request may change. */
import { createBadRequest } from '../../lib/api-error.ts';
import type { Cursor } from '../../search/cursor.ts';
import type { TaskId } from '../../task/id.ts';
import { checkCount, countSelected, listMatches, type SelectionDeps } from './selected-tasks.ts';
import { MAX_IDS, type SearchSelection, type Selection } from './selection.ts';

export interface SelectedIds {
  /** The first ones, at most MAX_IDS. */
  readonly ids: readonly TaskId[];
  /** How many the selection has. */
  readonly total: number;
  /** Where the next request may go on; undefined after the last one. */
  readonly next?: Cursor | undefined;
}

/**
 * @param done what is done with them, for messages: `removed`
 * @throws ApiError 409 when the search matches another number of tasks, 400 when a part of it was not understood: without that part
 *   it may match more than was meant
 */
export async function findSelectedIds(
  selection: Selection,
  deps: SelectionDeps,
  done: string,
): Promise<SelectedIds> {
  if (selection.kind === 'ids') return { ids: selection.ids, total: selection.ids.length };
  const { count, except, after } = selection;
  const isFirst = after === undefined;
  const {
    total,
    notes: [note],
  } = await countSelected(selection, deps);
  if (note !== undefined) throw createBadRequest(`nothing was ${done}: ${note}`);
  if (isFirst) checkCount(selection, total);
  const found = await collectIds(selection, deps);
  if (isFirst && !found.next) checkCount(selection, found.matches);
  return { ids: found.ids, total: isFirst ? count - except.size : count, next: found.next };
}

async function collectIds(
  selection: SearchSelection,
  deps: SelectionDeps,
): Promise<{ ids: TaskId[]; matches: number; next?: Cursor | undefined }> {
  const ids: TaskId[] = [];
  let matches = 0;
  let last: Cursor | undefined;
  for await (const { tasks, next } of listMatches(selection, deps)) {
    const wanted = tasks.map(({ id }) => id).filter((id) => !selection.except.has(id));
    if (ids.length + wanted.length > MAX_IDS) return { ids, matches, next: last };
    ids.push(...wanted);
    matches += tasks.length;
    last = next;
  }
  return { ids, matches };
}
