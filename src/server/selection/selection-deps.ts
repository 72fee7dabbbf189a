/** How the tasks of a selection are found for the caller of a request. */
import type { ServerContext, ServerDeps } from '../deps.ts';
import { describeAskedBy } from '../search/respond.ts';
import type { SelectionDeps } from './selected-tasks.ts';

export function createSelectionDeps(
  c: ServerContext,
  { store, listing }: Pick<ServerDeps, 'store' | 'listing'>,
  nowMs: number,
): SelectionDeps {
  const { limits } = c.get('access');
  return {
    store,
    thread: listing, // searches must not wait for a long list of pages
    limits,
    nowMs,
    askedBy: describeAskedBy(c),
  };
}
