/** Finds ids by how they begin. */
import type { TaskId } from '../../task/id.ts';
import type { TaskStore } from '../contract/tasks.ts';
import type { Sqlite } from './database.ts';
import { buildLimitConditions, collectParams } from './filter-sql.ts';
import type { Synchronous } from './synchronous.ts';

/** Sorts after every character that an id may have. */
const LAST_CHARACTER = '\u{10ffff}';

/** The ids with a prefix: from the first one on, and before the second one. */
export function computeIdRange(prefix: string): [from: string, to: string] {
  return [prefix, `${prefix}${LAST_CHARACTER}`];
}

export function createIdFinder({ raw }: Sqlite): Synchronous<Pick<TaskStore, 'findIds'>> {
  return {
    findIds: (prefix, { limit, within, onlyDocuments = false }) => {
      const range = computeIdRange(prefix);
      const conditions = buildLimitConditions(within, 'tasks');
      const restrictions = [
        ...conditions.map(({ sql }) => sql),
        ...(onlyDocuments ? ['fetched_at > 0'] : []),
      ].map((sql) => ` AND ${sql}`);
      // With limits SQLite would choose the index of users, and read all tasks of the user.
      const fromTasks = `SELECT id FROM tasks INDEXED BY tasks_id_unique WHERE id >= ? AND id < ?${restrictions.join('')}`;
      // Of a tracked id alone nobody knows whose it is.
      const hasTracked = !onlyDocuments && conditions.length === 0;
      const fromTracked = hasTracked ? ' UNION SELECT id FROM tracked WHERE id >= ? AND id < ?' : '';
      const params = [...range, ...collectParams(conditions), ...(hasTracked ? range : []), limit];
      return raw
        .prepare<unknown[], TaskId>(`${fromTasks}${fromTracked} ORDER BY id LIMIT ?`)
        .pluck()
        .all(...params);
    },
  };
}
