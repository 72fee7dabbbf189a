/** Groups tasks by prompt: a prompt that was run forty times is one hit, represented by its newest task. */
import { GROUP_LIMIT, type PromptGroup } from '../../contract/search.ts';
import type { Sqlite } from '../database.ts';
import { buildWhereClause, type Condition, collectParams } from '../filter-sql.ts';
import { buildInterruptConditions } from '../interrupt.ts';
import type { SearchSql } from './search-sql.ts';

/** The conditions that a row is the newest match with its prompt. */
export function buildNewestOfPrompt(db: Sqlite, sql: SearchSql): Condition[] {
  return [...buildInterruptConditions(db), isNewestOfPrompt(sql)];
}

function isNewestOfPrompt(sql: SearchSql): Condition {
  const conditions = sql.buildConditionsOfTask('other');
  return {
    sql: `NOT EXISTS (SELECT 1 FROM tasks AS other INDEXED BY tasks_prompt ${buildWhereClause([SAME_PROMPT, ...conditions])}
      AND (other.created_at > tasks.created_at OR (other.created_at = tasks.created_at AND other.id > tasks.id)))`,
    params: collectParams(conditions),
  };
}

const SAME_PROMPT: Condition = { sql: 'other.prompt_hash = tasks.prompt_hash', params: [] };

/** @param position of any task of the group */
export function readPromptGroup({ raw }: Sqlite, sql: SearchSql, position: number): PromptGroup {
  const conditions = [
    {
      sql: 'other.prompt_hash = (SELECT prompt_hash FROM tasks WHERE position = CAST(? AS INTEGER))',
      params: [position],
    },
    ...sql.buildConditionsOfTask('other'),
  ];
  const from = `FROM tasks AS other INDEXED BY tasks_prompt ${buildWhereClause(conditions)}`;
  const count = raw
    .prepare<unknown[], { n: number }>(`SELECT count(*) AS n ${from}`)
    .get(...collectParams(conditions));
  const tasks = raw
    .prepare<unknown[], PromptGroup['tasks'][number]>(
      `SELECT other.id AS id, other.state AS state, other.created_at AS createdAtMs ${from}
       ORDER BY other.created_at DESC, other.id DESC LIMIT ${GROUP_LIMIT}`,
    )
    .all(...collectParams(conditions));
  return { count: count?.n ?? 0, tasks };
}
