/**
 * How large the lists of terms are in the search index, in pages, without reading them: each segment of FTS5 knows on which page a term
 * begins (https://sqlite.org/fts5.html#fts5_shadow_tables), and the list of a frequent one ends where the next term begins. A page has
 * about a thousand tasks. Only whole pages count: the shortest list may begin on one page and end on the next.
 */
import type { Sqlite } from '../database.ts';

/** A bit of each page number says whether the list has an index of its own. */
const PAGE = 'pgno >> 1';

/** @returns the sizes of all terms */
export function readListSizes({ raw }: Sqlite, terms: Iterable<string>): Map<string, number> {
  // The index stores terms behind a '0', which says that they are no prefixes.
  const key = `CAST('0' || wanted.value AS BLOB)`;
  const find = (order: string) =>
    `(SELECT ${PAGE} FROM prompt_index_idx AS idx WHERE idx.segid = segments.segid AND idx.term ${order} LIMIT 1)`;
  const rows = raw
    .prepare<[string], [string, number]>(
      `WITH segments AS MATERIALIZED (SELECT DISTINCT segid FROM prompt_index_idx)
       SELECT wanted.value, ifnull(sum(max(0,
         ${find(`> ${key} ORDER BY idx.term`)} - ${find(`<= ${key} ORDER BY idx.term DESC`)} - 1)), 0)
       FROM json_each(?) AS wanted CROSS JOIN segments GROUP BY wanted.key`,
    )
    .raw()
    .all(JSON.stringify([...terms]));
  return new Map(rows);
}
