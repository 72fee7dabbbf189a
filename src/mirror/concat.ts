/** The texts of many finished tasks, a part in each turn of the event loop, so that nobody else waits for all of it. */
import { setImmediate } from 'node:timers/promises';
import type { Store } from '../store/contract/store.ts';
import type { ConcatenatedTasks } from '../store/contract/tasks.ts';
import type { TaskId } from '../task/id.ts';

/** A part of tasks of 20 kB each takes about 10 ms. */
const CHUNK_SIZE = 100;

/** @returns the parts in the order asked; undefined when one of the tasks is missing or unfinished */
export async function concatInChunks(
  store: Pick<Store, 'concatFinished'>,
  ids: readonly TaskId[],
): Promise<ConcatenatedTasks[] | undefined> {
  const parts: ConcatenatedTasks[] = [];
  for (let at = 0; at < ids.length; at += CHUNK_SIZE) {
    if (at > 0) await setImmediate();
    const asked = ids.slice(at, at + CHUNK_SIZE);
    const part = await store.concatFinished(asked);
    if (part.count < asked.length) return undefined;
    parts.push(part);
  }
  return parts;
}
