/** Counts of all matches by model, size, action, state, and over time. One pass over the narrow index. */
import type { FacetRequest, Facets } from '../../contract/search.ts';
import { type FacetRow, tallyFacets } from '../../rules/tally-facets.ts';
import type { Sqlite } from '../database.ts';
import { params, where } from '../filter-sql.ts';
import { searchSql } from './search-sql.ts';

/** @param drift how far behind its time's slot a row may stand */
export function countFacets(db: Sqlite, request: FacetRequest, drift: number): Facets {
  const sql = searchSql(db, request.query, request.filter, drift);
  const rows = db.raw
    .prepare<unknown[], FacetRow>(
      `SELECT tasks.state, tasks.model, tasks.size, tasks.action, tasks.created_at
       FROM ${sql.narrowFrom} ${where(sql.conditions)}`,
    )
    .raw()
    .iterate(...params(sql.conditions));
  return tallyFacets(rows, request);
}
