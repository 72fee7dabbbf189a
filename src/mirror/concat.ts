/** Concatenates the texts of many tasks. */
import { setImmediate } from 'node:timers/promises';
import type { Store } from '../store/contract/store.ts';
import type { ConcatenatedTasks, HistoryPage, ListPage } from '../store/contract/tasks.ts';
import type { TaskId } from '../task/id.ts';

/** A chunk of tasks of 20 kB each takes about 10 ms. */
const CHUNK_SIZE = 100;

/** A page of a list with its texts joined. */
export function concatTasks({ tasks, count: total }: ListPage): HistoryPage {
  return {
    total,
    count: tasks.length,
    // Not a Buffer: those may share their memory, and could not be moved to another thread.
    text: new TextEncoder().encode(tasks.map(({ text }) => text).join(',')),
    fetchedAtMs: tasks.length === 0 ? undefined : Math.min(...tasks.map(({ fetchedAtMs }) => fetchedAtMs)),
  };
}

/**
 * Finished tasks, one chunk per event loop turn, so that other requests aren't blocked.
 * @returns the chunks in the order of `ids`; undefined when any task is missing or unfinished
 */
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
