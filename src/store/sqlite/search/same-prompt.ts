/** The other tasks with the very same prompt. */
import { createQuery } from '../../../search/ast.ts';
import type { Hit, SamePromptRequest, SamePromptTasks } from '../../contract/search.ts';
import type { StoredTask } from '../../contract/tasks.ts';
import type { Sqlite } from '../database.ts';
import { buildLimitConditions, buildWhereClause, collectParams } from '../filter-sql.ts';
import { STORED_TASK } from '../task-statements.ts';
import { readPromptGroup } from './prompt-groups.ts';
import { compileSearch } from './search-sql.ts';

/** @returns undefined if there is no such task within the limits */
export function findSamePrompt(
  db: Sqlite,
  { id, within, limit }: SamePromptRequest,
  maxDisplacement: number,
): SamePromptTasks | undefined {
  const conditions = [{ sql: 'tasks.id = ?', params: [id] }, ...buildLimitConditions(within, 'tasks')];
  const source = db.raw
    .prepare<unknown[], { position: number }>(`SELECT position FROM tasks ${buildWhereClause(conditions)}`)
    .get(...collectParams(conditions));
  if (!source) return undefined;
  const load = db.raw.prepare<[string], StoredTask>(`SELECT ${STORED_TASK} FROM tasks WHERE id = ?`);
  const sql = compileSearch(db, createQuery([]), within ? { within } : {}, maxDisplacement);
  const { count, tasks } = readPromptGroup(db, sql, source.position, { without: id });
  const hits = tasks.slice(0, limit).flatMap(({ id: other }): Hit[] => {
    const task = load.get(other);
    return task ? [{ task }] : [];
  });
  return { count, hits };
}
