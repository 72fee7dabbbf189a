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

/** When the prompts of tasks were first used. */
export function readFirstUses(
  db: Sqlite,
  ids: readonly TaskId[],
  within: TaskLimits | undefined,
): Map<TaskId, number> {
  const conditions = [
    { sql: 'other.prompt_hash = tasks.prompt_hash', params: [] },
    ...buildInterruptConditions(db),
    ...buildLimitConditions(within, 'other'),
    buildVisibleCondition('other.position'),
  ];
  const rows = db.raw
    .prepare<unknown[], [TaskId, number]>(
      `SELECT tasks.id, ifnull((SELECT min(other.created_at) FROM tasks AS other INDEXED BY tasks_prompt
         ${buildWhereClause(conditions)}), tasks.created_at)
       FROM json_each(?) AS asked CROSS JOIN tasks ON tasks.id = asked.value`,
    )
    .raw()
    .all(...collectParams(conditions), JSON.stringify(ids));
  return new Map(rows);
}
