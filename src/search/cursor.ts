/** Page cursors: opaque texts that stay valid after a restart. */

import * as z from 'zod';
import { tryParseJson } from '../lib/parse-json.ts';
import { closePlanShape } from './close/plan.ts';

const shape = z.object({
  /** The sort order that the cursor belongs to; it is invalid for any other. */
  sort: z.enum(['newest', 'oldest', 'relevance']),
  /** Creation time and id of the last hit. */
  createdAtMs: z.number(),
  id: z.string().max(128),
  /** How the pages of a search by relevance are ranked; see ranking.ts. */
  ranking: z
    .object({
      score: z.number(),
      /** Times of the newest and oldest hit of the ranked window. */
      newestMs: z.number(),
      oldestMs: z.number(),
      weights: z.array(z.number()).max(1000),
      averageLength: z.number(),
      nowMs: z.number(),
      ranked: z.enum(['all', 'newest']),
    })
    .optional(),
  /** Set when the last hit was a close match, or the last exact one: the next page has close matches. */
  close: z
    .object({
      /** The last close match: its score, and what identifies it among equal ones. */
      last: z.object({ score: z.number(), key: z.string().max(128) }).optional(),
      /** Tasks created later are not part of these pages. */
      toMs: z.number(),
      averageLength: z.number(),
      plan: closePlanShape,
    })
    .optional(),
});

export type Cursor = z.output<typeof shape>;

/** A cursor for the page that starts at a time: what was created before it (`newest`), or from it on (`oldest`). */
export function createEdgeCursor(sort: 'newest' | 'oldest', ms: number): Cursor {
  return { sort, createdAtMs: ms, id: '' }; // no task has an empty id, and it is before all others
}

export function encodeCursor(cursor: Cursor): string {
  return Buffer.from(JSON.stringify(cursor)).toString('base64url');
}

/** @returns undefined if it is not a valid cursor of this sort order */
export function decodeCursor(text: string, sort: Cursor['sort']): Cursor | undefined {
  const parsed = shape.safeParse(tryParseJson(Buffer.from(text, 'base64url').toString()));
  return parsed.success && parsed.data.sort === sort ? parsed.data : undefined;
}
