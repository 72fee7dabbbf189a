/** How prompts were used: when, with which models, and what became best of them. */
import { groupBy } from '../../../lib/group-by.ts';
import type { TaskId } from '../../../task/id.ts';
import type { TaskLimits } from '../../../task/limits.ts';
import type { PromptUses } from '../../contract/search.ts';
import { buildWhereClause, type Condition, collectParams, numberParams } from '../conditions.ts';
import { buildLimitConditions } from '../filter-sql.ts';
import type { Snapshot } from '../snapshot.ts';

interface ModelRow {
  readonly prompt: string;
  readonly value: string | null;
  readonly count: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

/**
 * @param tasks of the prompts, as `other`
 * @returns by the hash of the prompt in hexadecimal
 */
export async function readPromptUses(
  snapshot: Snapshot,
  { from, conditions }: { readonly from: string; readonly conditions: readonly Condition[] },
): Promise<ReadonlyMap<string, PromptUses>> {
  const where = buildWhereClause(conditions);
  const params = collectParams(conditions);
  const models = await snapshot.query<ModelRow>(
    numberParams(
      `SELECT encode(other.prompt_hash, 'hex') AS prompt, other.model AS value, count(*) AS count,
         min(other.created_at) AS "firstMs", max(other.created_at) AS "lastMs"
       FROM ${from} ${where} GROUP BY other.prompt_hash, other.model ORDER BY count(*) DESC, other.model NULLS FIRST`,
    ),
    params,
  );
  const best = await snapshot.query<{ prompt: string; id: TaskId; rating: number }>(
    numberParams(
      `SELECT DISTINCT ON (other.prompt_hash) encode(other.prompt_hash, 'hex') AS prompt, other.id AS id, marks.rating AS rating
       FROM ${from} JOIN marks ON marks.task = other.arrival AND marks.rating > 0 ${where}
       ORDER BY other.prompt_hash, marks.rating DESC, other.created_at DESC, other.id DESC`,
    ),
    params,
  );
  const bestOf = new Map(best.map(({ prompt, id, rating }) => [prompt, { id, rating }]));
  const uses = Array.from(
    groupBy(models, ({ prompt }) => prompt),
    ([prompt, rows]): [string, PromptUses] => [
      prompt,
      {
        firstMs: Math.min(...rows.map(({ firstMs }) => firstMs)),
        lastMs: Math.max(...rows.map(({ lastMs }) => lastMs)),
        models: rows.map(({ value, count }) => ({ value, count })),
        best: bestOf.get(prompt),
      },
    ],
  );
  return new Map(uses);
}

/** Where a prompt was first and last used, by visible tasks that are not hidden. */
export interface PromptSpan {
  /** Key of the newest of the tasks. */
  readonly newest: number;
  readonly firstUsedMs: number;
}

/**
 * @param tasks keys of tasks with the prompts
 * @returns by these; without those whose prompt no such task has
 */
export async function readPromptSpans(
  snapshot: Snapshot,
  tasks: readonly number[],
  within: TaskLimits | undefined,
): Promise<ReadonlyMap<number, PromptSpan>> {
  if (tasks.length === 0) return new Map();
  const conditions = [
    { sql: 'other.prompt_hash = tasks.prompt_hash', params: [] },
    ...buildLimitConditions(within, 'other'),
    { sql: 'NOT other.is_hidden', params: [] },
  ];
  const from = `FROM tasks AS other ${buildWhereClause(conditions)}`;
  const params = collectParams(conditions);
  const rows = await snapshot.query<PromptSpan & { readonly task: number }>(
    numberParams(
      `SELECT tasks.arrival AS task, newest.arrival AS newest, (SELECT min(other.created_at) ${from}) AS "firstUsedMs"
       FROM tasks CROSS JOIN LATERAL (
         SELECT other.arrival ${from} ORDER BY other.created_at DESC, other.id DESC LIMIT 1
       ) AS newest WHERE tasks.arrival = ANY(?::bigint[])`,
    ),
    [...params, ...params, tasks],
  );
  return new Map(rows.map(({ task, ...span }) => [task, span]));
}
