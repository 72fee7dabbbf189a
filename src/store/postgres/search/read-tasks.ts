/** Reads the documents of tasks that were found, a few megabytes at a time. */
import { getPrompt } from '../../../task/document.ts';
import type { TaskId } from '../../../task/id.ts';
import type { StoredTask } from '../../contract/tasks.ts';
import type { Snapshot } from '../snapshot.ts';
import { STORED_TASK } from '../task-row.ts';

/** Documents of one statement, together; one that is larger comes alone. */
const CHUNK_BYTES = 8 * 1024 * 1024;
const CHUNK_ROWS = 1000;

interface FoundTask extends StoredTask {
  /** Key of the task. */
  readonly task: number;
}

/** The tasks that still exist, in the given order. @param keys of the tasks */
export async function* readTasks(snapshot: Snapshot, keys: readonly number[]): AsyncGenerator<FoundTask> {
  for await (const chunk of divide(snapshot, keys)) {
    const rows = await snapshot.query<FoundTask>(
      `SELECT ${STORED_TASK}, tasks.arrival AS task FROM tasks WHERE arrival = ANY($1::bigint[])`,
      [chunk],
    );
    const byKey = new Map(rows.map((row) => [row.task, row]));
    for (const key of chunk) {
      const row = byKey.get(key);
      if (row) yield row;
    }
  }
}

/** The tasks that still exist, by their ids. */
export async function readTasksById(
  snapshot: Snapshot,
  ids: readonly TaskId[],
): Promise<ReadonlyMap<TaskId, StoredTask>> {
  const rows = await snapshot.query<{ arrival: number }>(
    'SELECT arrival FROM tasks WHERE id = ANY($1::text[])',
    [ids],
  );
  const tasks = new Map<TaskId, StoredTask>();
  const keys = rows.map(({ arrival }) => arrival);
  for await (const { task: _, ...task } of readTasks(snapshot, keys)) tasks.set(task.id, task);
  return tasks;
}

/** The prompts of tasks by their keys. @param maxCharacters of each, from its beginning */
export async function readPrompts(
  snapshot: Snapshot,
  keys: readonly number[],
  maxCharacters = Number.POSITIVE_INFINITY,
): Promise<ReadonlyMap<number, string>> {
  const prompts = new Map<number, string>();
  for await (const { task, text } of readTasks(snapshot, keys)) {
    if (prompts.size % 32 === 0) snapshot.checkInterrupt();
    prompts.set(task, getPrompt(text).slice(0, maxCharacters));
  }
  return prompts;
}

/** Divides the keys by the sizes of their documents, which are known without reading those. */
async function* divide(snapshot: Snapshot, keys: readonly number[]): AsyncGenerator<number[]> {
  for (let from = 0; from < keys.length; from += CHUNK_ROWS) {
    const some = keys.slice(from, from + CHUNK_ROWS);
    const rows = await snapshot.query<{ task: number; bytes: number }>(
      'SELECT arrival AS task, octet_length(document) AS bytes FROM tasks WHERE arrival = ANY($1::bigint[])',
      [some],
    );
    const sizes = new Map(rows.map(({ task, bytes }) => [task, bytes]));
    let chunk: number[] = [];
    let size = 0;
    for (const key of some) {
      const bytes = sizes.get(key);
      if (bytes === undefined) continue;
      if (chunk.length > 0 && size + bytes > CHUNK_BYTES) {
        yield chunk;
        chunk = [];
        size = 0;
      }
      chunk.push(key);
      size += bytes;
    }
    if (chunk.length > 0) yield chunk;
  }
}
