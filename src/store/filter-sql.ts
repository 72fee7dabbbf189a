/** A TaskFilter as SQL conditions with bound parameters. */
import type { TaskFilter } from './contract.ts';
import { slotOf } from './position.ts';

export interface Condition {
  readonly sql: string;
  readonly params: readonly (string | number)[];
}

/**
 * The conditions of a filter, to be joined by AND.
 * @param filter what to keep
 * @param rowPosition the SQL name of the row's position (`tasks.position`, or the index's rowid)
 * @param drift how far behind its time's slot a row may stand
 */
export function filterConditions(filter: TaskFilter, rowPosition: string, drift: number): Condition[] {
  return [
    oneOf('tasks.state', filter.states),
    oneOf('tasks.model', filter.models),
    oneOf('tasks.size', filter.sizes),
    oneOf('tasks.action', filter.actions),
    oneOf('tasks.type', filter.types),
    oneOf('tasks.user_id', filter.userIds),
    oneOf('tasks.application_id', filter.applicationIds),
    ...timeConditions(filter, rowPosition, drift),
  ].filter((condition) => condition !== undefined);
}

function oneOf(column: string, values: readonly string[] | undefined): Condition | undefined {
  if (!values || values.length === 0) return undefined;
  return { sql: `${column} IN (${values.map(() => '?').join(', ')})`, params: values };
}

/**
 * Positions narrow the range, times decide. The casts matter: better-sqlite3 binds numbers as REAL, and FTS5 uses a
 * rowid bound only when it is an INTEGER.
 */
function timeConditions({ fromMs, toMs }: TaskFilter, rowPosition: string, drift: number): Condition[] {
  const conditions: Condition[] = [];
  if (fromMs !== undefined) {
    conditions.push({ sql: `${rowPosition} >= CAST(? AS INTEGER)`, params: [slotOf(fromMs)] });
    conditions.push({ sql: 'tasks.created_at >= ?', params: [fromMs] });
  }
  if (toMs !== undefined) {
    conditions.push({ sql: `${rowPosition} <= CAST(? AS INTEGER)`, params: [slotOf(toMs) + drift] });
    conditions.push({ sql: 'tasks.created_at < ?', params: [toMs] });
  }
  return conditions;
}
