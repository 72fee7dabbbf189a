/** The other tasks with the very same prompt. */
import { createQuery } from '../../../search/ast.ts';
import type { TaskId } from '../../../task/id.ts';
import type { TaskLimits } from '../../../task/limits.ts';
import type { Hit, SamePromptRequest, SamePromptTasks } from '../../contract/search.ts';
import { buildWhereClause, collectParams, numberParams } from '../conditions.ts';
import { buildLimitConditions } from '../filter-sql.ts';
import type { Snapshot } from '../snapshot.ts';
import { NO_ARTIFACTS } from './artifacts.ts';
import { readPromptGroups } from './prompt-groups.ts';
import { readTasksById } from './read-tasks.ts';
import { compileSearch } from './search-sql.ts';

/** @returns undefined if there is no such task within the limits */
export async function findSamePrompt(
  snapshot: Snapshot,
  { id, within, limit }: SamePromptRequest,
): Promise<SamePromptTasks | undefined> {
  const key = await findTaskKey(snapshot, id, within);
  if (key === undefined) return undefined;
  const sql = compileSearch(createQuery([]), within ? { within } : {}, NO_ARTIFACTS);
  const [group] = await readPromptGroups(snapshot, sql, [key], { without: id });
  const ids = group?.tasks.slice(0, limit).map((task) => task.id) ?? [];
  const tasks = await readTasksById(snapshot, ids);
  const hits = ids.flatMap((other): Hit[] => {
    const task = tasks.get(other);
    return task ? [{ task }] : [];
  });
  return { count: group?.count ?? 0, hits };
}

/** @returns undefined if there is no such task within the limits */
export async function findTaskKey(
  snapshot: Snapshot,
  id: TaskId,
  within: TaskLimits | undefined,
): Promise<number | undefined> {
  const conditions = [{ sql: 'tasks.id = ?', params: [id] }, ...buildLimitConditions(within, 'tasks')];
  const [row] = await snapshot.query<{ arrival: number }>(
    numberParams(`SELECT arrival FROM tasks ${buildWhereClause(conditions)}`),
    collectParams(conditions),
  );
  return row?.arrival;
}
