/** Finds ids by how they begin. */
import type { TaskId } from '../../task/id.ts';
import type { TaskStore } from '../contract/tasks.ts';
import { collectParams, numberParams } from './conditions.ts';
import type { Postgres } from './database.ts';
import { buildLimitConditions } from './filter-sql.ts';
import { IS_DOCUMENT } from './task-row.ts';

/** Sorts after every character that an id may have. */
const LAST_CHARACTER = '\u{10ffff}';

export function createIdFinder(db: Postgres): Pick<TaskStore, 'findIds'> {
  return {
    findIds: async (prefix, { limit, within, onlyDocuments = false }) => {
      const range = [prefix, `${prefix}${LAST_CHARACTER}`];
      const limits = buildLimitConditions(within, 'tasks');
      const restrictions = [...limits.map(({ sql }) => sql), ...(onlyDocuments ? [IS_DOCUMENT] : [])];
      const fromTasks = `SELECT id FROM tasks WHERE id >= ? AND id < ?${restrictions.map((sql) => ` AND ${sql}`).join('')}`;
      // Of a tracked id alone nobody knows whose it is.
      const hasTracked = !onlyDocuments && limits.length === 0;
      const fromTracked = hasTracked ? ' UNION SELECT id FROM tracked WHERE id >= ? AND id < ?' : '';
      const rows = await db.read<{ id: TaskId }>(
        numberParams(`${fromTasks}${fromTracked} ORDER BY id LIMIT ?::bigint`),
        [...range, ...collectParams(limits), ...(hasTracked ? range : []), limit],
      );
      return rows.map(({ id }) => id);
    },
  };
}
