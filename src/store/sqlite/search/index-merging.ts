/**
 * Merges the segments of the search index. Each transaction that changes prompts or marks writes one, FTS5 merges those of like size by
 * fours, and a search reads all that are left: with 15 of them, a word within a tag takes twice as long as with two
 * (https://sqlite.org/fts5.html#the_merge_command). By pairs (`usermerge`, set by a migration) each entry is written again about as
 * often as the number of transactions doubles.
 */
import { runInTransaction, runWithoutSync, type Sqlite } from '../database.ts';

/** As many slow no search down. */
const MAX_SEGMENTS = 8;
/** About 5 ms, for which requests wait. */
const PAGES_AT_ONCE = 64;
/** FTS5 counts its own bookkeeping as one change. */
const CHANGES_OF_NOTHING = 1;

export interface IndexMerging {
  /** Merges a few pages once there are many segments, until no two are of like size. @returns whether there is more to merge */
  mergeSome(): boolean;
}

export function createIndexMerging(db: Sqlite): IndexMerging {
  const { raw } = db;
  // Steps from segment to segment: a DISTINCT reads all of them.
  const countSegments = raw
    .prepare<[], number>(
      `WITH RECURSIVE segments (id) AS (
         SELECT min(segid) FROM prompt_index_idx
         UNION ALL SELECT (SELECT min(segid) FROM prompt_index_idx WHERE segid > id) FROM segments WHERE id IS NOT NULL
       ) SELECT count(id) FROM segments`,
    )
    .pluck();
  const countChanges = raw.prepare<[], number>('SELECT total_changes()').pluck();
  const merge = raw.prepare<[number]>("INSERT INTO prompt_index (prompt_index, rank) VALUES ('merge', ?)");
  let isMerging = false;

  return {
    mergeSome: () => {
      isMerging ||= (countSegments.get() ?? 0) > MAX_SEGMENTS;
      if (!isMerging) return false;
      const before = countChanges.get() ?? 0;
      // What a power cut undoes is merged again.
      runWithoutSync(db, () => runInTransaction(db, () => merge.run(PAGES_AT_ONCE)));
      isMerging = (countChanges.get() ?? 0) - before > CHANGES_OF_NOTHING;
      return isMerging;
    },
  };
}
