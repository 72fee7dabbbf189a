/** How a prompt was used: when, with which models, and what became best of it. */
import type { TaskId } from '../../../task/id.ts';
import type { TaskLimits } from '../../../task/limits.ts';
import type { PromptUses } from '../../contract/search.ts';
import type { Sqlite } from '../database.ts';
import { buildLimitConditions, buildWhereClause, type Condition, collectParams } from '../filter-sql.ts';
import { buildInterruptConditions } from '../interrupt.ts';
import { buildVisibleCondition } from '../marks/mark-sql.ts';

interface ModelRow {
  readonly value: string | null;
  readonly count: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

/** @param conditions of the tasks with the prompt, as `other` */
export function readPromptUses({ raw }: Sqlite, conditions: readonly Condition[]): PromptUses {
  const where = buildWhereClause(conditions);
  const params = collectParams(conditions);
  const models = raw
    .prepare<unknown[], ModelRow>(
      `SELECT other.model AS value, count(*) AS count, min(other.created_at) AS firstMs, max(other.created_at) AS lastMs
       FROM tasks AS other INDEXED BY tasks_prompt ${where} GROUP BY other.model ORDER BY count(*) DESC, other.model`,
    )
    .all(...params);
  const best = raw
    .prepare<unknown[], { id: TaskId; rating: number }>(
      `SELECT other.id AS id, marks.rating AS rating
       FROM tasks AS other INDEXED BY tasks_prompt CROSS JOIN marks INDEXED BY marks_rated
         ON marks.position = other.position AND marks.rating > 0
       ${where} ORDER BY marks.rating DESC, other.created_at DESC, other.id DESC LIMIT 1`,
    )
    .get(...params);
  return {
    firstMs: Math.min(...models.map(({ firstMs }) => firstMs)),
    lastMs: Math.max(...models.map(({ lastMs }) => lastMs)),
    models: models.map(({ value, count }) => ({ value, count })),
    best,
  };
}

/** Where a prompt was first and last used, by visible tasks that are not hidden. */
export interface PromptSpan {
  readonly newestId: TaskId;
  readonly firstUsedMs: number;
}

/** @returns a function that reads it for the prompt of the task at a position; undefined if there are no such tasks */
export function createSpanReader(
  db: Sqlite,
  within: TaskLimits | undefined,
): (position: number) => PromptSpan | undefined {
  const conditions = [
    { sql: 'other.prompt_hash = tasks.prompt_hash', params: [] },
    ...buildInterruptConditions(db),
    ...buildLimitConditions(within, 'other'),
    buildVisibleCondition('other.position'),
  ];
  const from = `FROM tasks AS other INDEXED BY tasks_prompt ${buildWhereClause(conditions)}`;
  const params = collectParams(conditions);
  const select = db.raw.prepare<unknown[], { newestId: TaskId | null; firstUsedMs: number | null }>(
    `SELECT (SELECT other.id ${from} ORDER BY other.created_at DESC, other.id DESC LIMIT 1) AS newestId,
       (SELECT min(other.created_at) ${from}) AS firstUsedMs
     FROM tasks WHERE position = CAST(? AS INTEGER)`,
  );
  return (position) => {
    const { newestId = null, firstUsedMs = null } = select.get(...params, ...params, position) ?? {};
    return newestId === null || firstUsedMs === null ? undefined : { newestId, firstUsedMs };
  };
}
