/**
 * Counts all matches by model, size, action, state, and over time: from the counts that are stored with the tasks as far as those
 * can decide the question, else by a pass over the narrow index.
 */
import { FACET_NAMES, type FacetRequest, type Facets } from '../../contract/search.ts';
import { isDecidedByValues, needsValues } from '../../rules/stored-counts.ts';
import { tallyValues, type ValueFacets, type ValueRow } from '../../rules/tally-facets.ts';
import type { Sqlite } from '../database.ts';
import { buildWhereClause, collectParams } from '../filter-sql.ts';
import { countTagFacet } from '../marks/tag-facet.ts';
import { countHistogram, scanHistogram } from './histogram.ts';
import { compileSearch } from './search-sql.ts';
import { compileWithoutTimes } from './stored-counts.ts';

/** @param maxDisplacement how far a row's position may be above the slot of its time */
export function countFacets(db: Sqlite, request: FacetRequest, maxDisplacement: number): Facets {
  return assembleFacets(db, request, {
    values: () =>
      isDecidedByValues(request) ? countValues(db, request) : scanValues(db, request, maxDisplacement),
    tags: () => countTagFacet(db, request, maxDisplacement),
    histogram: () => countHistogram(db, request, maxDisplacement),
  });
}

/** Reads all matches, and nothing else. */
export function scanFacets(db: Sqlite, request: FacetRequest, maxDisplacement: number): Facets {
  return assembleFacets(db, request, {
    values: () => scanValues(db, request, maxDisplacement),
    tags: () => countTagFacet(db, request, maxDisplacement),
    histogram: () => scanHistogram(db, request, maxDisplacement),
  });
}

/** Counts what was asked for; all parts must be of the same moment. */
function assembleFacets(
  { raw }: Sqlite,
  { only = FACET_NAMES }: FacetRequest,
  count: { values(): ValueFacets; tags(): Facets['tags']; histogram(): Facets['histogram'] },
): Facets {
  return raw.transaction(() => {
    const histogram = only.includes('histogram') ? count.histogram() : [];
    const tags = only.includes('tag') ? count.tags() : [];
    if (needsValues(only)) return { ...count.values(), tags, histogram };
    const total = histogram.reduce((sum, bar) => sum + bar.count, 0);
    return { total, models: [], sizes: [], actions: [], states: [], tags, histogram };
  })();
}

function scanValues(db: Sqlite, { query, filter }: FacetRequest, maxDisplacement: number): ValueFacets {
  const { narrowFrom, conditions } = compileSearch(db, query, filter, maxDisplacement);
  const rows = db.raw
    .prepare<unknown[], ValueRow>(
      `SELECT tasks.state, tasks.model, tasks.size, tasks.action, 1 FROM ${narrowFrom} ${buildWhereClause(conditions)}`,
    )
    .raw()
    .iterate(...collectParams(conditions));
  return tallyValues(rows, db.checkInterrupt);
}

function countValues(db: Sqlite, request: FacetRequest): ValueFacets {
  const conditions = compileWithoutTimes(db, request).buildConditionsOfTask('task_counts');
  const rows = db.raw
    .prepare<unknown[], ValueRow>(
      `SELECT state, model, size, action, n - hidden FROM task_counts ${buildWhereClause([...conditions, { sql: 'n > hidden', params: [] }])}`,
    )
    .raw()
    .iterate(...collectParams(conditions));
  return tallyValues(rows, db.checkInterrupt);
}
