/** The task with whose prompt others are compared. */
import { getPrompt } from '../../../task/document.ts';
import type { TaskId } from '../../../task/id.ts';
import type { TaskLimits } from '../../../task/limits.ts';
import type { Sqlite } from '../database.ts';
import { buildLimitConditions, buildWhereClause, collectParams } from '../filter-sql.ts';
import { buildInterruptConditions } from '../interrupt.ts';

export interface SourcePrompt {
  readonly position: number;
  readonly prompt: string;
  readonly createdAtMs: number;
}

/** @returns undefined if there is no such task within the limits */
export function readSourcePrompt(
  db: Sqlite,
  id: TaskId,
  within: TaskLimits | undefined,
): SourcePrompt | undefined {
  const conditions = [{ sql: 'tasks.id = ?', params: [id] }, ...buildLimitConditions(within, 'tasks')];
  const row = db.raw
    .prepare<unknown[], Omit<SourcePrompt, 'prompt'> & { readonly document: string }>(
      // With limits SQLite would choose the index of users, and read all tasks of the user.
      `SELECT position, created_at AS createdAtMs, document FROM tasks INDEXED BY tasks_id_unique ${buildWhereClause(conditions)}`,
    )
    .get(...collectParams(conditions));
  if (!row) return undefined;
  const { document, ...source } = row;
  return { ...source, prompt: getPrompt(document) };
}

/** The positions of the visible tasks with the same prompt. */
export function readRuns(db: Sqlite, position: number, within: TaskLimits | undefined): Set<number> {
  const conditions = [
    {
      sql: 'tasks.prompt_hash = (SELECT prompt_hash FROM tasks WHERE position = CAST(? AS INTEGER))',
      params: [position],
    },
    ...buildInterruptConditions(db),
    ...buildLimitConditions(within, 'tasks'),
  ];
  const positions = db.raw
    .prepare<unknown[], number>(
      `SELECT position FROM tasks INDEXED BY tasks_prompt ${buildWhereClause(conditions)}`,
    )
    .pluck()
    .all(...collectParams(conditions));
  return new Set(positions);
}
