/** Which task stands for a prompt where its picture is shown: the newest may have failed, or still be at it. */
import type { Hit } from '../../store/contract/search.ts';
import type { Store } from '../../store/contract/store.ts';
import type { TaskId } from '../../task/id.ts';

/**
 * The hits, grouped by prompt, each with the newest task that has a picture in the archive, or that has succeeded if none has. Those
 * that a group lists are looked at.
 */
export async function preferPictured(
  store: Pick<Store, 'imagesOf' | 'getMany'>,
  hits: readonly Hit[],
): Promise<Hit[]> {
  const own = await findPictured(
    store,
    hits.map(({ task }) => task.id),
  );
  const bare = hits.filter(({ task }) => !own.has(task.id));
  const pictured = await findPictured(store, bare.flatMap(listFinished));
  const chosen = new Map<TaskId, TaskId>();
  for (const hit of bare) {
    const finished = listFinished(hit);
    const [best] = [...finished.filter((id) => pictured.has(id)), ...finished];
    if (best !== undefined) chosen.set(hit.task.id, best);
  }
  const tasks = new Map((await store.getMany([...chosen.values()])).map((task) => [task.id, task]));
  return hits.map((hit) => ({ ...hit, task: tasks.get(chosen.get(hit.task.id) ?? hit.task.id) ?? hit.task }));
}

/** The newest first. */
function listFinished({ group }: Hit): TaskId[] {
  return (group?.tasks ?? []).filter(({ state }) => state === 'succeeded').map(({ id }) => id);
}

async function findPictured(store: Pick<Store, 'imagesOf'>, ids: readonly TaskId[]): Promise<Set<TaskId>> {
  return new Set((await store.imagesOf(ids)).map(({ taskId }) => taskId));
}
