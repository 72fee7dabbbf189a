/** Which of some tasks a search matches: by reading them, so that it takes as long whatever the mirror has. */
import type { TaskId } from '../../../task/id.ts';
import type { MatchingRequest } from '../../contract/search.ts';
import type { Sqlite } from '../database.ts';
import { buildWhereClause, collectParams } from '../filter-sql.ts';
import { compileSearch } from './search-sql.ts';

export function createMatching(
  db: Sqlite,
  readMaxDisplacement: () => number,
): (request: MatchingRequest) => TaskId[] {
  return ({ query, filter, ids }) => {
    const conditions = compileSearch(db, query, filter, readMaxDisplacement()).buildConditionsByRow('tasks');
    return db.raw
      .prepare<unknown[], TaskId>(
        `SELECT tasks.id FROM json_each(?) AS asked CROSS JOIN tasks ON tasks.id = asked.value ${buildWhereClause(conditions)}`,
      )
      .pluck()
      .all(JSON.stringify(ids), ...collectParams(conditions));
  };
}
