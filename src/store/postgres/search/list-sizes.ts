/**
 * About how many tasks have terms, without reading their lists: the statistics of the planner know it of the most frequent ones. They
 * are missing until PostgreSQL has made them, some minutes after the first tasks.
 */
import type { Snapshot } from '../snapshot.ts';

const THOUSAND = 1000;

/** @param total number of tasks @returns thousands of tasks, of the frequent ones among the terms */
export async function readListSizes(
  snapshot: Snapshot,
  terms: Iterable<string>,
  total: number,
): Promise<ReadonlyMap<string, number>> {
  const rows = await snapshot.query<{ term: string; share: number }>(
    `SELECT term, share FROM pg_stats CROSS JOIN LATERAL
       unnest(most_common_elems::text::text[], most_common_elem_freqs) AS common (term, share)
     WHERE schemaname = current_schema() AND tablename = 'prompts' AND attname = 'tokens' AND term = ANY($1::text[])`,
    [[...terms]],
  );
  return new Map(rows.map(({ term, share }) => [term, Math.floor((share * total) / THOUSAND)]));
}
