/** Where a page ended, as an opaque text that survives a restart. */

import * as z from 'zod';
import { tryParseJson } from '../lib/parse-json.ts';

const shape = z.object({
  /** The order that it belongs to: a cursor of one order means nothing in another. */
  sort: z.enum(['newest', 'oldest', 'relevance']),
  /** Of the last hit. */
  createdAtMs: z.number(),
  id: z.string().max(128),
  /** How the pages of a search by relevance are ranked; see ranking.ts. */
  ranking: z
    .object({
      score: z.number(),
      /** The window that was ranked, in time: newest and oldest hit. */
      newestMs: z.number(),
      oldestMs: z.number(),
      weights: z.array(z.number()).max(1000),
      averageLength: z.number(),
      nowMs: z.number(),
      ranked: z.enum(['all', 'newest']),
    })
    .optional(),
});

export type Cursor = z.output<typeof shape>;

export function encodeCursor(cursor: Cursor): string {
  return Buffer.from(JSON.stringify(cursor)).toString('base64url');
}

/** @returns undefined when it is no cursor of this order */
export function decodeCursor(text: string, sort: Cursor['sort']): Cursor | undefined {
  const parsed = shape.safeParse(tryParseJson(Buffer.from(text, 'base64url').toString()));
  return parsed.success && parsed.data.sort === sort ? parsed.data : undefined;
}
