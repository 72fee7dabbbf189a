/** Chains of edits: a picture that one task made, and another was given. By the hash of its archived file, else by its link. */
import type { TaskId } from '../../../task/id.ts';
import { getInputIndex } from '../../../task/image-number.ts';
import type { TaskLimits } from '../../../task/limits.ts';
import { CHAIN_LIMIT, type ChainLink, type EditChain } from '../../contract/search.ts';
import type { StoredTask } from '../../contract/tasks.ts';
import { buildWhereClause, type Condition, collectParams, numberParams } from '../conditions.ts';
import { buildLimitConditions } from '../filter-sql.ts';
import type { Snapshot } from '../snapshot.ts';
import { STORED_TASK } from '../task-row.ts';
import { findTaskKey } from './same-prompt.ts';

type ChainRow = StoredTask & { readonly ownNumber: number; readonly otherNumber: number };

/** @returns undefined if there is no such task within the limits */
export async function findEditChain(
  snapshot: Snapshot,
  id: TaskId,
  within: TaskLimits | undefined,
): Promise<EditChain | undefined> {
  const key = await findTaskKey(snapshot, id, within);
  if (key === undefined) return undefined;
  const sources = await findLinked(snapshot, key, within, 'sources');
  const results = await findLinked(snapshot, key, within, 'results');
  return {
    sources: sources.map(
      ({ ownNumber, otherNumber, ...task }): ChainLink => ({
        ...{ task, result: otherNumber, input: getInputIndex(ownNumber) ?? 0 },
      }),
    ),
    results: results.map(
      ({ ownNumber, otherNumber, ...task }): ChainLink => ({
        ...{ task, result: ownNumber, input: getInputIndex(otherNumber) ?? 0 },
      }),
    ),
  };
}

/** The other tasks with the same picture, each once: its nearest one of the same bytes, or else with the same link. */
function findLinked(
  snapshot: Snapshot,
  key: number,
  within: TaskLimits | undefined,
  side: keyof EditChain,
): Promise<ChainRow[]> {
  const isSource = side === 'sources';
  const isOf = (table: string, isInput: boolean) => `${table}.n ${isInput ? '<' : '>='} 0`;
  const conditions: Condition[] = [
    { sql: 'own.task = ?::bigint', params: [key] },
    { sql: isOf('own', isSource), params: [] },
    { sql: isOf('other', !isSource), params: [] },
    { sql: 'other.task <> own.task', params: [] },
    ...buildLimitConditions(within, 'tasks'),
    { sql: 'NOT tasks.is_hidden', params: [] },
  ];
  const join = (same: string) =>
    `SELECT tasks.arrival, tasks.created_at, own.n AS own, other.n AS other
     FROM task_images AS own JOIN task_images AS other ON ${same} JOIN tasks ON tasks.arrival = other.task
     ${buildWhereClause(conditions)}`;
  const params = collectParams(conditions);
  const order = isSource ? 'DESC' : 'ASC';
  return snapshot.query<ChainRow>(
    numberParams(
      // The same picture by hash and by link is one. Documents are read last, as a picture may be given to thousands of tasks.
      `SELECT ${STORED_TASK}, own AS "ownNumber", other AS "otherNumber" FROM (
         SELECT arrival, own, max(other) AS other, created_at FROM (
           ${join('other.sha256 = own.sha256')}
           UNION ALL
           ${join('other.link_hash = own.link_hash')}
         ) AS found GROUP BY arrival, own, created_at ORDER BY created_at ${order}, arrival ${order} LIMIT ${CHAIN_LIMIT}
       ) AS linked JOIN tasks ON tasks.arrival = linked.arrival
       ORDER BY linked.created_at ${order}, linked.arrival ${order}`,
    ),
    [...params, ...params],
  );
}
