/** Which of some tasks a search matches: by reading them, so that it takes as long whatever the mirror has. */
import type { TaskId } from '../../../task/id.ts';
import type { MatchingRequest } from '../../contract/search.ts';
import { buildWhereClause, collectParams, numberParams } from '../conditions.ts';
import type { Snapshot } from '../snapshot.ts';
import { findArtifacts } from './artifacts.ts';
import { compileSearch, ROW } from './search-sql.ts';

export async function findMatching(
  snapshot: Snapshot,
  { query, filter, ids }: MatchingRequest,
): Promise<TaskId[]> {
  const sql = compileSearch(query, filter, await findArtifacts(snapshot, query));
  const conditions = sql.buildConditions(ROW);
  const rows = await snapshot.query<{ id: TaskId }>(
    numberParams(
      `SELECT tasks.id AS id FROM unnest(?::text[]) WITH ORDINALITY AS asked (id, n)
       JOIN tasks ON tasks.id = asked.id COLLATE "C" JOIN prompts ON prompts.task = tasks.arrival
       ${buildWhereClause(conditions)} ORDER BY asked.n`,
    ),
    [ids, ...collectParams(conditions)],
  );
  return rows.map(({ id }) => id);
}
