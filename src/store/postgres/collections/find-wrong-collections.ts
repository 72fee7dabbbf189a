/** Detects collections that are not shown, or not as they were made. */
import type { AuditFinding } from '../../contract/health.ts';
import { isCollectionRow } from '../../rules/collection-row.ts';
import type { Postgres } from '../database.ts';

/** Reads all of them, and of their tasks an index. */
export async function findWrongCollections(db: Postgres): Promise<AuditFinding[]> {
  const rows = await db.read<{ id: string }>('SELECT * FROM collections ORDER BY id');
  const strayCovers = await db.read<{ id: string }>(
    `SELECT id FROM collections WHERE cover IS NOT NULL AND NOT EXISTS (
       SELECT 1 FROM collection_tasks WHERE collection = collections.id AND task_id = cover) ORDER BY id`,
  );
  return [
    ...rows
      .filter((row) => !isCollectionRow({ ...row }))
      .map(({ id }) => ({ id, problem: "the collection can't be read" })),
    ...strayCovers.map(({ id }) => ({ id, problem: 'the cover is no task of the collection' })),
  ];
}
