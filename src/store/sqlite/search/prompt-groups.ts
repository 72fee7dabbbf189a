/** Groups tasks by prompt: a prompt that was run forty times is one hit, represented by its newest task. */
import type { TaskId } from '../../../task/id.ts';
import { GROUP_LIMIT, type PromptGroup } from '../../contract/search.ts';
import type { Sqlite } from '../database.ts';
import { buildWhereClause, type Condition, collectParams } from '../filter-sql.ts';
import { buildInterruptConditions } from '../interrupt.ts';
import { readPromptUses } from './prompt-uses.ts';
import type { SearchSql } from './search-sql.ts';

/**
 * The conditions that a row is the newest match with its prompt.
 * @param maxDisplacement how far a row's position may be above the slot of its time
 */
export function buildNewestOfPrompt(db: Sqlite, sql: SearchSql, maxDisplacement: number): Condition[] {
  return [...buildInterruptConditions(db), isNewestOfPrompt(db, sql, maxDisplacement)];
}

function isNewestOfPrompt(db: Sqlite, sql: SearchSql, maxDisplacement: number): Condition {
  const conditions = [...buildNewerConditions(db, maxDisplacement), ...sql.buildConditionsOfTask('other')];
  return {
    sql: `NOT EXISTS (SELECT 1 FROM tasks AS other INDEXED BY tasks_prompt ${buildWhereClause(conditions)})`,
    params: collectParams(conditions),
  };
}

/**
 * Tasks with the same prompt that are newer. The bound of the position lets the index start near the row: without it, every match
 * would read all the older tasks with its prompt, and a prompt that was run ten thousand times would be read ten thousand times.
 */
function buildNewerConditions(db: Sqlite, maxDisplacement: number): Condition[] {
  return [
    { sql: 'other.prompt_hash = tasks.prompt_hash', params: [] },
    { sql: 'other.position >= tasks.position - CAST(? AS INTEGER)', params: [maxDisplacement] },
    ...buildInterruptConditions(db),
    { sql: '(other.created_at, other.id) > (tasks.created_at, tasks.id)', params: [] },
  ];
}

interface GroupOptions {
  /** A task that is left out. */
  readonly without?: TaskId;
  readonly withUses?: boolean | undefined;
}

/** @param position of any task of the group */
export function readPromptGroup(
  db: Sqlite,
  sql: SearchSql,
  position: number,
  { without, withUses = false }: GroupOptions = {},
): PromptGroup {
  const conditions = [
    {
      sql: 'other.prompt_hash = (SELECT prompt_hash FROM tasks WHERE position = CAST(? AS INTEGER))',
      params: [position],
    },
    ...buildInterruptConditions(db),
    ...sql.buildConditionsOfTask('other'),
    ...(without === undefined ? [] : [{ sql: 'other.id <> ?', params: [without] }]),
  ];
  const from = `FROM tasks AS other INDEXED BY tasks_prompt ${buildWhereClause(conditions)}`;
  const params = collectParams(conditions);
  const count = db.raw.prepare<unknown[], { n: number }>(`SELECT count(*) AS n ${from}`).get(...params);
  const tasks = db.raw
    .prepare<unknown[], PromptGroup['tasks'][number]>(
      `SELECT other.id AS id, other.state AS state, other.created_at AS createdAtMs ${from}
       ORDER BY other.created_at DESC, other.id DESC LIMIT ${GROUP_LIMIT}`,
    )
    .all(...params);
  return {
    count: count?.n ?? 0,
    tasks,
    ...(withUses ? { uses: readPromptUses(db, conditions) } : {}),
  };
}
