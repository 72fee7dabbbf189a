/** Remembering the task of a generation, whatever happens: in the store, else in the spool, and always in the log. */
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { Store } from '../store/contract/store.ts';
import { nextCheckDelay } from '../task/next-check.ts';
import { requestedTask } from '../task/requested.ts';
import type { Spool, SpoolEntry } from './spool.ts';

export interface ExpectingParts {
  readonly store: Store;
  readonly spool: Spool;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
}

/** Never fails: the generation is paid for, and its answer must pass. */
export async function expectTask(parts: ExpectingParts, entry: SpoolEntry): Promise<void> {
  try {
    await storeExpected(parts, entry);
  } catch (error) {
    parts.log.error({ err: error, id: entry.id }, 'could not track a generation; its id goes to the spool');
    await parts.spool
      .add(entry)
      .catch((reason: unknown) => parts.log.error({ err: reason, id: entry.id }, 'the spool failed as well'));
  }
}

/** Takes up what was spooled, at the start. */
export async function drainSpool(parts: ExpectingParts): Promise<void> {
  try {
    const { taken, unreadable } = await parts.spool.drain((entry) => storeExpected(parts, entry));
    if (taken > 0) parts.log.info({ tasks: taken }, 'took generations out of the spool');
    if (unreadable !== undefined)
      parts.log.warn({ file: unreadable }, 'the spool had lines that can’t be read; they are kept');
  } catch (error) {
    // The file stays for the next start.
    parts.log.error({ err: error }, 'could not take generations out of the spool');
  }
}

async function storeExpected(
  { store, random }: ExpectingParts,
  { id, request, atMs }: SpoolEntry,
): Promise<void> {
  await store.expectTask(requestedTask(id, request, atMs), {
    nowMs: atMs,
    dueAtMs: atMs + nextCheckDelay(0, random),
  });
}
