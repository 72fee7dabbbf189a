/** Detects marks that are not found, or found under what they are not. */
import type { AuditFinding } from '../../contract/health.ts';
import type { Sqlite } from '../database.ts';

/** What disagrees with the marks. Reads all of them. */
export function findWrongMarks({ raw }: Pick<Sqlite, 'raw'>): AuditFinding[] {
  const find = (problem: string, sql: string): AuditFinding[] =>
    raw
      .prepare<[], string>(sql)
      .pluck()
      .all()
      .map((id) => ({ id, problem }));
  const ofMarks = `SELECT value, marks.position FROM marks, json_each(iif(json_valid(tags), tags, '[]')) WHERE marks.position IS NOT NULL`;
  return [
    ...find(
      'the marks are not at the position of the task',
      'SELECT id FROM marks WHERE position IS NOT (SELECT tasks.position FROM tasks WHERE tasks.id = marks.id)',
    ),
    ...find('the marks have no list of tags', 'SELECT id FROM marks WHERE NOT json_valid(tags)'),
    ...find(
      'the note has no search row',
      "SELECT id FROM marks WHERE note <> '' AND key NOT IN (SELECT id FROM note_index_docsize)",
    ),
    ...find(
      'the tags differ from the marks',
      `SELECT DISTINCT value FROM (
         SELECT * FROM (${ofMarks} EXCEPT SELECT tag, position FROM mark_tags)
         UNION ALL SELECT * FROM (SELECT tag, position FROM mark_tags EXCEPT ${ofMarks}))`,
    ),
    ...find(
      'the count of the tag differs from the marks',
      `SELECT DISTINCT tag FROM (
         SELECT tag, n FROM tag_counts EXCEPT SELECT tag, count(*) FROM mark_tags GROUP BY tag
         UNION ALL SELECT * FROM (SELECT tag, count(*) FROM mark_tags GROUP BY tag EXCEPT SELECT tag, n FROM tag_counts))`,
    ),
  ];
}
