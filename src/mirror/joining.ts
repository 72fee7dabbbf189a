/** The texts of many finished tasks, a part in each turn of the event loop, so that nobody else waits for all of it. */
import { setImmediate } from 'node:timers/promises';
import type { Store } from '../store/contract/store.ts';
import type { JoinedTasks } from '../store/contract/tasks.ts';
import type { TaskId } from '../task/id.ts';

/** A part of tasks of 20 kB each takes about 10 ms. */
const AT_ONCE = 100;

/** @returns the parts in the order asked; undefined when one of the tasks is missing or unfinished */
export async function joinInTurns(
  store: Pick<Store, 'joinFinished'>,
  ids: readonly TaskId[],
): Promise<JoinedTasks[] | undefined> {
  const parts: JoinedTasks[] = [];
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    if (at > 0) await setImmediate();
    const asked = ids.slice(at, at + AT_ONCE);
    const part = await store.joinFinished(asked);
    if (part.count < asked.length) return undefined;
    parts.push(part);
  }
  return parts;
}
