/** How the tasks of a selection are found for the caller of a request. */
import { getCallerKey } from '../connections/caller-key.ts';
import { onHangUp } from '../connections/hang-up.ts';
import type { ServerContext, ServerDeps } from '../deps.ts';
import type { SelectionDeps } from './selected-tasks.ts';

export function createSelectionDeps(
  c: ServerContext,
  { store, listing }: Pick<ServerDeps, 'store' | 'listing'>,
  nowMs: number,
): SelectionDeps {
  const { limits, tokenName } = c.get('access');
  return {
    store,
    thread: listing, // searches must not wait for a long list of pages
    limits,
    nowMs,
    askedBy: {
      caller: getCallerKey(tokenName, c.env.incoming),
      onHangUp: (callback) => onHangUp(c.env, callback),
    },
  };
}
