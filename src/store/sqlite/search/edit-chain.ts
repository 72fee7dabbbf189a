/** Chains of edits: a picture that one task made, and another was given. By the hash of its archived file, else by its link. */

import type { TaskId } from '../../../task/id.ts';
import { getInputIndex } from '../../../task/image-number.ts';
import type { TaskLimits } from '../../../task/limits.ts';
import { CHAIN_LIMIT, type ChainLink, type EditChain } from '../../contract/search.ts';
import type { StoredTask } from '../../contract/tasks.ts';
import type { Sqlite } from '../database.ts';
import { buildLimitConditions, buildWhereClause, type Condition, collectParams } from '../filter-sql.ts';
import { buildInterruptConditions } from '../interrupt.ts';
import { buildVisibleCondition } from '../marks/mark-sql.ts';
import { STORED_TASK } from '../task-statements.ts';

type ChainRow = StoredTask & { readonly ownNumber: number; readonly otherNumber: number };

/** @returns undefined if there is no such task within the limits */
export function findEditChain(db: Sqlite, id: TaskId, within: TaskLimits | undefined): EditChain | undefined {
  const conditions = [{ sql: 'tasks.id = ?', params: [id] }, ...buildLimitConditions(within, 'tasks')];
  const position = db.raw
    .prepare<unknown[], number>(`SELECT position FROM tasks ${buildWhereClause(conditions)}`)
    .pluck()
    .get(...collectParams(conditions));
  if (position === undefined) return undefined;
  return {
    sources: findLinked(db, position, within, 'sources').map(
      ({ ownNumber, otherNumber, ...task }): ChainLink => ({
        ...{ task, result: otherNumber, input: getInputIndex(ownNumber) ?? 0 },
      }),
    ),
    results: findLinked(db, position, within, 'results').map(
      ({ ownNumber, otherNumber, ...task }): ChainLink => ({
        ...{ task, result: ownNumber, input: getInputIndex(otherNumber) ?? 0 },
      }),
    ),
  };
}

/** The other tasks with the same picture, each once: its nearest one of the same bytes, or else with the same link. */
function findLinked(
  db: Sqlite,
  position: number,
  within: TaskLimits | undefined,
  side: keyof EditChain,
): ChainRow[] {
  const isSource = side === 'sources';
  const isOf = (table: string, isInput: boolean) => `${table}.n ${isInput ? '<' : '>='} 0`;
  const conditions: Condition[] = [
    { sql: 'own.position = CAST(? AS INTEGER)', params: [position] },
    { sql: isOf('own', isSource), params: [] },
    { sql: isOf('other', !isSource), params: [] },
    { sql: 'other.position <> own.position', params: [] },
    ...buildInterruptConditions(db),
    ...buildLimitConditions(within, 'tasks'),
    buildVisibleCondition('tasks.position'),
  ];
  const join = (same: string, index: string) =>
    `SELECT tasks.position AS position, tasks.created_at AS created_at, own.n AS own, other.n AS other
     FROM task_images AS own CROSS JOIN task_images AS other INDEXED BY ${index} ON ${same}
       CROSS JOIN tasks ON tasks.position = other.position
     ${buildWhereClause(conditions)}`;
  const params = collectParams(conditions);
  const order = isSource ? 'DESC' : 'ASC';
  return db.raw
    .prepare<unknown[], ChainRow>(
      // The same picture by hash and by link is one. Documents are read last, as a picture may be given to thousands of tasks.
      `SELECT ${STORED_TASK}, own AS ownNumber, other AS otherNumber FROM (
         SELECT position, own, max(other) AS other, created_at FROM (
           ${join('other.sha256 = own.sha256', 'task_images_sha256')}
           UNION ALL
           ${join('other.link_hash = own.link_hash', 'task_images_link')}
         ) GROUP BY position, own ORDER BY created_at ${order}, position ${order} LIMIT ${CHAIN_LIMIT}
       ) AS linked CROSS JOIN tasks ON tasks.position = linked.position
       ORDER BY linked.created_at ${order}, linked.position ${order}`,
    )
    .all(...params, ...params);
}
