/** What recovered or foreign rows of collections must be like, so that every page of a collection and its cover are its own. */
import type { AuditFinding } from '../../contract/health.ts';
import { isCollectionRow } from '../../rules/collection-row.ts';
import type { Sqlite } from '../database.ts';

const ORPHANS = 'collection NOT IN (SELECT id FROM collections)';
const STRAY_COVERS =
  'cover IS NOT NULL AND cover NOT IN (SELECT task_id FROM collection_tasks WHERE collection = collections.id)';

/** Removes tasks of collections that are not there and covers that are none of their tasks, and numbers the tasks in their order. */
export function tidyCollections({ raw }: Pick<Sqlite, 'raw'>): void {
  raw.exec(
    `DELETE FROM collection_tasks WHERE ${ORPHANS};
     UPDATE collections SET cover = NULL WHERE ${STRAY_COVERS};
     UPDATE collection_tasks SET place = numbered.place FROM (
       SELECT rowid AS row, row_number() OVER (PARTITION BY collection ORDER BY place, task_id) - 1 AS place FROM collection_tasks
     ) AS numbered WHERE collection_tasks.rowid = numbered.row AND collection_tasks.place IS NOT numbered.place`,
  );
}

/** Collections that are not shown, or not as they were made. Reads all of them, and of their tasks an index. */
export function findWrongCollections({ raw }: Pick<Sqlite, 'raw'>): AuditFinding[] {
  const find = (problem: string, sql: string): AuditFinding[] =>
    raw
      .prepare<[], string>(sql)
      .pluck()
      .all()
      .map((id) => ({ id, problem }));
  const rows = raw.prepare<[], Readonly<Record<string, unknown>>>('SELECT * FROM collections').all();
  return [
    ...rows
      .filter((row) => !isCollectionRow(row))
      .map(({ id }) => ({ id: String(id), problem: "the collection can't be read" })),
    ...find(
      'the collection of these tasks is not there',
      `SELECT DISTINCT collection FROM collection_tasks WHERE ${ORPHANS}`,
    ),
    ...find('the cover is no task of the collection', `SELECT id FROM collections WHERE ${STRAY_COVERS}`),
  ];
}
