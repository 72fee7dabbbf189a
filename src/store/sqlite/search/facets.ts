/** Counts all matches by model, size, action, state, and over time, in one pass over the narrow index. */
import type { FacetRequest, Facets } from '../../contract/search.ts';
import { type FacetRow, tallyFacets } from '../../rules/tally-facets.ts';
import type { Sqlite } from '../database.ts';
import { buildWhereClause, collectParams } from '../filter-sql.ts';
import { compileSearch } from './search-sql.ts';

/** @param maxDisplacement how far a row's position may be above the slot of its time */
export function countFacets(db: Sqlite, request: FacetRequest, maxDisplacement: number): Facets {
  const sql = compileSearch(db, request.query, request.filter, maxDisplacement);
  const rows = db.raw
    .prepare<unknown[], FacetRow>(
      `SELECT tasks.state, tasks.model, tasks.size, tasks.action, tasks.created_at
       FROM ${sql.narrowFrom} ${buildWhereClause(sql.conditions)}`,
    )
    .raw()
    .iterate(...collectParams(sql.conditions));
  return tallyFacets(rows, request, db.checkInterrupt);
}
