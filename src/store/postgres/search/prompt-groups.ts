/** Groups tasks by prompt: a prompt that was run forty times is one hit, represented by its newest task. */
import { groupBy } from '../../../lib/group-by.ts';
import type { TaskId } from '../../../task/id.ts';
import type { TaskState } from '../../../task/state.ts';
import { GROUP_LIMIT, type PromptGroup } from '../../contract/search.ts';
import { buildWhereClause, type Condition, collectParams, numberParams } from '../conditions.ts';
import type { Snapshot } from '../snapshot.ts';
import { readPromptUses } from './prompt-uses.ts';
import type { RowNames, SearchSql } from './search-sql.ts';

const OTHER: RowNames = { task: 'other', prompt: 'other_prompt' };
/** Both rows of another task: the search row is read only where a condition needs it. */
const OTHER_ROWS = 'tasks AS other JOIN prompts AS other_prompt ON other_prompt.task = other.arrival';

/** The condition that a row is the newest match with its prompt. As a value, not as a join: the planner would join all tasks. */
export function buildNewestOfPrompt(sql: SearchSql): Condition {
  const conditions = [
    { sql: 'other.prompt_hash = tasks.prompt_hash', params: [] },
    // The first tells the index where to begin.
    { sql: 'other.created_at >= tasks.created_at', params: [] },
    { sql: '(other.created_at, other.id) > (tasks.created_at, tasks.id)', params: [] },
    ...sql.buildConditions(OTHER),
  ];
  return {
    sql: `(SELECT 1 FROM ${OTHER_ROWS} ${buildWhereClause(conditions)} LIMIT 1) IS NULL`,
    params: collectParams(conditions),
  };
}

export interface GroupOptions {
  /** A task that is left out. */
  readonly without?: TaskId;
  readonly withUses?: boolean | undefined;
}

interface GroupRow {
  readonly prompt: string;
  readonly id: TaskId;
  readonly state: TaskState;
  readonly createdAtMs: number;
  readonly count: number;
}

/**
 * The groups of tasks, each of the matches with their prompt.
 * @param tasks keys of any tasks of the groups
 * @returns in the order of the tasks; undefined for one that is gone
 */
export async function readPromptGroups(
  snapshot: Snapshot,
  sql: SearchSql,
  tasks: readonly number[],
  { without, withUses = false }: GroupOptions = {},
): Promise<(PromptGroup | undefined)[]> {
  if (tasks.length === 0) return [];
  const promptOf = await readPromptHashes(snapshot, tasks);
  const conditions: Condition[] = [
    { sql: 'other.prompt_hash = ANY(?::bytea[])', params: [[...new Set(promptOf.values())].map(decodeHash)] },
    ...(without === undefined ? [] : [{ sql: 'other.id <> ?', params: [without] }]),
    ...sql.buildConditions(OTHER),
  ];
  const rows = await snapshot.query<GroupRow>(
    numberParams(
      `SELECT encode(prompt_hash, 'hex') AS prompt, id, state, created_at AS "createdAtMs", count FROM (
         SELECT other.prompt_hash, other.id, other.state, other.created_at,
           count(*) OVER (PARTITION BY other.prompt_hash) AS count,
           row_number() OVER (PARTITION BY other.prompt_hash ORDER BY other.created_at DESC, other.id DESC) AS n
         FROM ${OTHER_ROWS} ${buildWhereClause(conditions)}
       ) AS grouped WHERE n <= ${GROUP_LIMIT} ORDER BY prompt_hash, n`,
    ),
    collectParams(conditions),
  );
  const groups = groupBy(rows, ({ prompt }) => prompt);
  const uses = withUses ? await readPromptUses(snapshot, { from: OTHER_ROWS, conditions }) : undefined;
  return tasks.map((task) => {
    const prompt = promptOf.get(task);
    if (prompt === undefined) return undefined;
    const own = groups.get(prompt) ?? [];
    const used = uses?.get(prompt);
    return {
      count: own[0]?.count ?? 0,
      tasks: own.map(({ id, state, createdAtMs }) => ({ id, state, createdAtMs })),
      ...(used ? { uses: used } : {}),
    };
  });
}

/** In hexadecimal, by the keys of the tasks. */
export async function readPromptHashes(
  snapshot: Snapshot,
  tasks: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  const rows = await snapshot.query<{ arrival: number; prompt: string }>(
    `SELECT arrival, encode(prompt_hash, 'hex') AS prompt FROM tasks WHERE arrival = ANY($1::bigint[])`,
    [tasks],
  );
  return new Map(rows.map(({ arrival, prompt }) => [arrival, prompt]));
}

function decodeHash(hash: string): Buffer {
  return Buffer.from(hash, 'hex');
}
