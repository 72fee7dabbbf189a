/** The links of stored tasks to what they have made. */
import type { Store } from '../store/contract/store.ts';
import type { StoredTask } from '../store/contract/tasks.ts';
import { type Artifact, listArtifacts } from '../task/artifacts.ts';
import type { TaskId } from '../task/id.ts';
import { isObject } from '../task/json-object.ts';

export interface TaskLink {
  readonly taskId: TaskId;
  readonly artifact: Artifact;
  /** Whether the archive has the file. */
  readonly isArchived: boolean;
}

export async function listTaskLinks(
  store: Pick<Store, 'imagesOf'>,
  tasks: readonly StoredTask[],
): Promise<TaskLink[]> {
  const images = await store.imagesOf(tasks.map(({ id }) => id));
  const archived = new Set(images.map(({ taskId, n }) => `${taskId}\n${n}`));
  return tasks.flatMap(({ id, text }) => {
    const document: unknown = JSON.parse(text);
    const artifacts = isObject(document) ? listArtifacts(document) : [];
    return artifacts.map((artifact, n) => ({
      taskId: id,
      artifact,
      isArchived: archived.has(`${id}\n${n}`),
    }));
  });
}
