/** Records the task id of a generation whatever happens: in the store, else in the spool, with errors in the log. */
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { storeErrorCodeOf } from '../store/contract/errors.ts';
import type { Store } from '../store/contract/store.ts';
import { nextCheckDelay } from '../task/next-check.ts';
import { placeholderTask } from '../task/placeholder-task.ts';
import { type Spool, type SpoolEntry, UnusableEntry } from './spool.ts';

export interface PlaceholderDeps {
  readonly store: Store;
  readonly spool: Spool;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
}

/** Never throws: the generation is paid for, and its answer must still be forwarded. */
export async function addPlaceholder(deps: PlaceholderDeps, entry: SpoolEntry): Promise<void> {
  try {
    await storePlaceholder(deps, entry);
  } catch (error) {
    const why = storeErrorCodeOf(error) === undefined ? { err: error } : { cause: String(error) };
    deps.log.error({ ...why, id: entry.id }, 'could not track a generation; its id goes to the spool');
    await deps.spool
      .add(entry)
      .catch((reason: unknown) => deps.log.error({ err: reason, id: entry.id }, 'the spool failed as well'));
  }
}

/** @throws UnusableEntry if the entry is at fault; a StoreError if the store is, which may be over the next time */
export async function importEntry(deps: PlaceholderDeps, entry: SpoolEntry): Promise<void> {
  try {
    await storePlaceholder(deps, entry);
  } catch (error) {
    if (storeErrorCodeOf(error) !== undefined) throw error;
    deps.log.error({ err: error, id: entry.id }, 'could not import a generation from the spool');
    throw new UnusableEntry('it can not be stored', { cause: error });
  }
}

async function storePlaceholder(
  { store, random }: PlaceholderDeps,
  { id, kind, request, atMs }: SpoolEntry,
): Promise<void> {
  await store.addPlaceholder(placeholderTask({ id, kind, request }, atMs), {
    nowMs: atMs,
    dueAtMs: atMs + nextCheckDelay(0, random),
  });
}
