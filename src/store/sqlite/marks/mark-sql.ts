/** Marks as conditions of a search. They need only a position, so that the rows of tasks are not read for them. */
import type { QueryNode } from '../../../search/ast.ts';
import type { MarkTest } from '../../../search/mark-fields.ts';
import { MAX_RATING } from '../../../task/marks.ts';
import type { Sqlite } from '../database.ts';
import type { Condition } from '../filter-sql.ts';
import { computeIdRange } from '../find-ids.ts';

/** The condition that the task at a position passes a test. @param position as SQL */
export function buildMarkCondition(test: MarkTest, position: string): Condition {
  // Compared, or SQLite makes it a table of the join, for which it reads the rows of all tasks before.
  const exists = (from: string, condition: Condition): Condition => ({
    sql: `EXISTS (SELECT 1 FROM ${from} WHERE ${condition.sql} AND position = ${position}) = 1`,
    params: condition.params,
  });
  switch (test.of) {
    case 'starred':
    case 'hidden':
    case 'note':
      return exists('marks', FLAG_CONDITIONS[test.of]);
    case 'tags':
      return exists('mark_tags', { sql: 'TRUE', params: [] });
    case 'tag': {
      const [from, to] = computeIdRange(test.tag);
      return exists(
        'mark_tags',
        test.isPrefix
          ? { sql: 'tag >= ? AND tag < ?', params: [from, to] }
          : { sql: 'tag = ?', params: [test.tag] },
      );
    }
    case 'rating': {
      // A task without a rating has no row that says so.
      if (test.min > 0) return exists('marks', buildRatingCondition(test.min, test.max));
      const { sql, params } = exists('marks', buildRatingCondition(test.max + 1, MAX_RATING));
      return { sql: `NOT (${sql})`, params };
    }
  }
}

/** Whether any task is hidden. */
export function isAnyHidden({ raw }: Pick<Sqlite, 'raw'>): boolean {
  return (
    raw.prepare('SELECT 1 FROM marks WHERE is_hidden = 1 AND position IS NOT NULL LIMIT 1').get() !==
    undefined
  );
}

/** The condition that a task is not hidden. @param position as SQL */
export function buildVisibleCondition(position: string): Condition {
  const { sql, params } = buildMarkCondition({ of: 'hidden' }, position);
  return { sql: `NOT (${sql})`, params };
}

/** The same condition; none while no task is hidden. */
export function buildVisibleConditions(db: Pick<Sqlite, 'raw'>, position: string): Condition[] {
  return isAnyHidden(db) ? [buildVisibleCondition(position)] : [];
}

/** Whether marks alone decide a node. */
export function isAboutMarks(node: QueryNode): boolean {
  if (node.kind === 'not') return isAboutMarks(node.part);
  if (node.kind === 'and' || node.kind === 'or') return node.parts.every(isAboutMarks);
  return node.kind === 'mark';
}

/** As the partial indexes have them. */
const FLAG_CONDITIONS = {
  starred: { sql: 'is_starred = 1', params: [] },
  hidden: { sql: 'is_hidden = 1', params: [] },
  note: { sql: "note <> ''", params: [] },
} as const;

function buildRatingCondition(min: number, max: number): Condition {
  return { sql: 'rating > 0 AND rating BETWEEN ? AND ?', params: [min, max] };
}
