/** Remembering the task of a generation, whatever happens: in the store, else in the spool, and always in the log. */
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { Store } from '../store/contract/store.ts';
import { nextCheckDelay } from '../task/next-check.ts';
import { placeholderTask } from '../task/placeholder-task.ts';
import type { Spool, SpoolEntry } from './spool.ts';

export interface PlaceholderDeps {
  readonly store: Store;
  readonly spool: Spool;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
}

/** Never fails: the generation is paid for, and its answer must pass. */
export async function addPlaceholder(deps: PlaceholderDeps, entry: SpoolEntry): Promise<void> {
  try {
    await storeExpected(deps, entry);
  } catch (error) {
    deps.log.error({ err: error, id: entry.id }, 'could not track a generation; its id goes to the spool');
    await deps.spool
      .add(entry)
      .catch((reason: unknown) => deps.log.error({ err: reason, id: entry.id }, 'the spool failed as well'));
  }
}

/** Takes up what was spooled, at the start. */
export async function drainSpool(deps: PlaceholderDeps): Promise<void> {
  try {
    const { taken, unreadable } = await deps.spool.drain((entry) => storeExpected(deps, entry));
    if (taken > 0) deps.log.info({ tasks: taken }, 'took generations out of the spool');
    if (unreadable !== undefined)
      deps.log.warn({ file: unreadable }, 'the spool had lines that can’t be read; they are kept');
  } catch (error) {
    // The file stays for the next start.
    deps.log.error({ err: error }, 'could not take generations out of the spool');
  }
}

async function storeExpected(
  { store, random }: PlaceholderDeps,
  { id, request, atMs }: SpoolEntry,
): Promise<void> {
  await store.addPlaceholder(placeholderTask(id, request, atMs), {
    nowMs: atMs,
    dueAtMs: atMs + nextCheckDelay(0, random),
  });
}
