/** What must be known of tasks to mark them. */
import type { TaskId } from '../../../task/id.ts';
import type { TaskOwner } from '../../../task/limits.ts';
import type { TaskState } from '../../../task/state.ts';
import type { TaskChange } from '../../contract/changes.ts';
import type { Queryable } from '../database.ts';

export interface MarkedTask {
  readonly id: TaskId;
  readonly arrival: number;
  readonly state: TaskState;
  readonly createdAtMs: number;
  readonly owner: TaskOwner;
}

interface TaskRow {
  readonly id: TaskId;
  readonly arrival: number;
  readonly state: TaskState;
  readonly createdAt: number;
  readonly userId: string | null;
  readonly applicationId: string | null;
}

/** @returns those that are stored, by id */
export async function readMarkedTasks(
  { query }: Pick<Queryable, 'query'>,
  ids: readonly TaskId[],
): Promise<ReadonlyMap<TaskId, MarkedTask>> {
  const rows = await query<TaskRow>(
    `SELECT id, arrival, state, created_at AS "createdAt", user_id AS "userId", application_id AS "applicationId"
     FROM tasks WHERE id = ANY($1::text[])`,
    [ids],
  );
  return new Map(
    rows.map(({ id, arrival, state, createdAt, userId, applicationId }) => {
      const owner = { userId: userId ?? undefined, applicationId: applicationId ?? undefined };
      return [id, { id, arrival, state, createdAtMs: createdAt, owner }];
    }),
  );
}

/** The event that is emitted once its marks are changed. */
export function describeMarked({ id, state, createdAtMs, owner }: MarkedTask): TaskChange {
  return { kind: 'task', id, state, createdAtMs, owner };
}
