/** The archived images that the public link of a collection shows. */
import type { CollectionStore } from '../../contract/collections.ts';
import type { Sqlite } from '../database.ts';
import { buildLimitConditions, buildWhereClause, collectParams } from '../filter-sql.ts';
import { KNOWN_IMAGE, type KnownImageRow, mapKnownImage } from '../image-rows.ts';
import type { Synchronous } from '../synchronous.ts';
import { createCollectionFinder } from './find-collection.ts';

export function createCollectionImages(db: Sqlite): Synchronous<Pick<CollectionStore, 'collectionImage'>> {
  const { find } = createCollectionFinder(db);
  return {
    collectionImage: (id, sha256) => {
      const found = find(id, undefined);
      if (found.kind !== 'done') return undefined;
      const conditions = [
        { sql: 'task_images.sha256 = images.sha256 AND task_images.n >= 0', params: [] },
        { sql: 'placed.collection = ?', params: [id] },
        { sql: 'NOT EXISTS (SELECT 1 FROM marks WHERE marks.id = tasks.id AND is_hidden = 1)', params: [] },
        ...buildLimitConditions(found.collection.limits, 'tasks'),
      ];
      const row = db.raw
        .prepare<unknown[], KnownImageRow>(
          `SELECT ${KNOWN_IMAGE} FROM images WHERE sha256 = ? AND EXISTS (
             SELECT 1 FROM task_images JOIN tasks USING (position)
               JOIN collection_tasks AS placed ON placed.task_id = tasks.id ${buildWhereClause(conditions)})`,
        )
        .get(sha256, ...collectParams(conditions));
      return row && mapKnownImage(row);
    },
  };
}
