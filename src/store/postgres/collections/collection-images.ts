/** The archived images that the public link of a collection shows. */
import type { CollectionStore } from '../../contract/collections.ts';
import { buildWhereClause, collectParams, numberParams } from '../conditions.ts';
import type { Postgres } from '../database.ts';
import { buildLimitConditions } from '../filter-sql.ts';
import { KNOWN_IMAGE, type KnownImageRow, mapKnownImage } from '../images/image-rows.ts';
import { createCollectionFinder } from './find-collection.ts';

export function createCollectionImages(db: Postgres): Pick<CollectionStore, 'collectionImage'> {
  const { find } = createCollectionFinder({ query: db.read });
  return {
    collectionImage: async (id, sha256) => {
      const found = await find(id, undefined);
      if (found.kind !== 'done') return undefined;
      const conditions = [
        { sql: 'task_images.sha256 = images.sha256 AND task_images.n >= 0', params: [] },
        { sql: 'placed.collection = ?', params: [id] },
        { sql: 'NOT tasks.is_hidden', params: [] },
        ...buildLimitConditions(found.collection.limits, 'tasks'),
      ];
      const [row] = await db.read<KnownImageRow>(
        numberParams(
          `SELECT ${KNOWN_IMAGE} FROM images WHERE sha256 = ? AND EXISTS (
             SELECT 1 FROM task_images JOIN tasks ON tasks.arrival = task_images.task
               JOIN collection_tasks AS placed ON placed.task_id = tasks.id ${buildWhereClause(conditions)})`,
        ),
        [sha256, ...collectParams(conditions)],
      );
      return row && mapKnownImage(row);
    },
  };
}
