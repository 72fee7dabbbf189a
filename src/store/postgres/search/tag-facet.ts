/** How many of the matches have each tag: from the counts that are kept with the marks where nothing is asked, else by the matches. */

import type { TagCount } from '../../contract/marks.ts';
import type { FacetCount, FacetRequest } from '../../contract/search.ts';
import { listFilterValues } from '../../rules/filter-values.ts';
import { numberParams } from '../conditions.ts';
import { listTags } from '../marks/tags.ts';
import type { Snapshot } from '../snapshot.ts';
import { findArtifacts } from './artifacts.ts';
import { buildMatches } from './matches-sql.ts';
import { compileSearch } from './search-sql.ts';

/** Values that are listed, the most frequent ones. */
const MAX_TAG_VALUES = 1000;

export async function countTagFacet(
  snapshot: Snapshot,
  { query, filter }: Pick<FacetRequest, 'query' | 'filter'>,
): Promise<FacetCount[]> {
  const { values, within, ...others } = filter;
  const isAll =
    query.parts.length === 0 && listFilterValues(values).length === 0 && Object.keys(others).length === 0;
  const counts = isAll
    ? await listTags({ read: snapshot.query }, { prefix: '', limit: MAX_TAG_VALUES, within })
    : await countMatches(snapshot, { query, filter });
  return counts.map(({ tag, count }) => ({ value: tag, count }));
}

async function countMatches(
  snapshot: Snapshot,
  { query, filter }: Pick<FacetRequest, 'query' | 'filter'>,
): Promise<TagCount[]> {
  const sql = compileSearch(query, filter, await findArtifacts(snapshot, query));
  const { from, where, params } = buildMatches(sql);
  return snapshot.query<TagCount>(
    numberParams(
      `SELECT mark_tags.tag AS tag, count(*) AS count ${from} JOIN mark_tags ON mark_tags.task = tasks.arrival ${where}
       GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${MAX_TAG_VALUES}`,
    ),
    params,
  );
}
