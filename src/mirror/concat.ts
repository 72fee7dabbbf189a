/** Concatenates the texts of many finished tasks, one chunk per event loop turn, so that other requests aren't blocked. */
import { setImmediate } from 'node:timers/promises';
import type { Store } from '../store/contract/store.ts';
import type { ConcatenatedTasks } from '../store/contract/tasks.ts';
import type { TaskId } from '../task/id.ts';

/** A chunk of tasks of 20 kB each takes about 10 ms. */
const CHUNK_SIZE = 100;

/** @returns the chunks in the order of `ids`; undefined when any task is missing or unfinished */
export async function concatInChunks(
  store: Pick<Store, 'concatFinished'>,
  ids: readonly TaskId[],
): Promise<ConcatenatedTasks[] | undefined> {
  const chunks: ConcatenatedTasks[] = [];
  for (let at = 0; at < ids.length; at += CHUNK_SIZE) {
    if (at > 0) await setImmediate();
    const chunkIds = ids.slice(at, at + CHUNK_SIZE);
    const chunk = await store.concatFinished(chunkIds);
    if (chunk.count < chunkIds.length) return undefined;
    chunks.push(chunk);
  }
  return chunks;
}
