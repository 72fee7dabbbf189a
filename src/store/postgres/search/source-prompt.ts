/** The task with whose prompt others are compared. */
import { getPrompt } from '../../../task/document.ts';
import type { TaskId } from '../../../task/id.ts';
import type { TaskLimits } from '../../../task/limits.ts';
import { buildWhereClause, collectParams, numberParams } from '../conditions.ts';
import { buildLimitConditions } from '../filter-sql.ts';
import type { Snapshot } from '../snapshot.ts';

export interface SourcePrompt {
  /** Key of the task. */
  readonly task: number;
  readonly prompt: string;
  readonly createdAtMs: number;
}

/** @returns undefined if there is no such task within the limits */
export async function readSourcePrompt(
  snapshot: Snapshot,
  id: TaskId,
  within: TaskLimits | undefined,
): Promise<SourcePrompt | undefined> {
  const conditions = [{ sql: 'tasks.id = ?', params: [id] }, ...buildLimitConditions(within, 'tasks')];
  const [row] = await snapshot.query<Omit<SourcePrompt, 'prompt'> & { readonly document: string }>(
    numberParams(
      `SELECT arrival AS task, created_at AS "createdAtMs", document FROM tasks ${buildWhereClause(conditions)}`,
    ),
    collectParams(conditions),
  );
  if (!row) return undefined;
  const { document, ...source } = row;
  return { ...source, prompt: getPrompt(document) };
}

/** The keys of the visible tasks with the same prompt. */
export async function readRuns(
  snapshot: Snapshot,
  task: number,
  within: TaskLimits | undefined,
): Promise<ReadonlySet<number>> {
  const conditions = [
    { sql: 'tasks.prompt_hash = (SELECT prompt_hash FROM tasks WHERE arrival = ?::bigint)', params: [task] },
    ...buildLimitConditions(within, 'tasks'),
  ];
  const rows = await snapshot.query<{ arrival: number }>(
    numberParams(`SELECT arrival FROM tasks ${buildWhereClause(conditions)}`),
    collectParams(conditions),
  );
  return new Set(rows.map(({ arrival }) => arrival));
}
