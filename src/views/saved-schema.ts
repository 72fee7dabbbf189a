/** Saved searches in responses. */
import * as z from 'zod';
import { count, text, time } from './schema-values.ts';

const savedShape = {
  id: z.uuid(),
  name: text,
  query: text,
  tz: text.nullable().meta({ description: 'time zone of its dates; null: that of the mirror' }),
  user_ids: z.array(text).meta({ description: 'it finds only tasks of these users; empty: of all' }),
  application_ids: z.array(text),
  has_feed: z.boolean(),
  feed: z
    .strictObject({ atom: z.url(), json: z.url() })
    .nullable()
    .meta({ description: 'addresses with the key of the feed; null without one, and for read-only tokens' }),
  created_at: time,
  changed_at: time,
};

/** `/api/saved/{id}`. */
export const savedSearchSchema = z.strictObject(savedShape);

/** `GET /api/saved`. */
export const savedSearchListSchema = z.strictObject({
  items: z.array(
    z.strictObject({
      ...savedShape,
      visited_at: time,
      new: count
        .nullable()
        .meta({ description: 'exact matches created since then; null if it takes too long to count them' }),
      new_is_exact: z.boolean().meta({ description: 'false: `new` is a lower bound' }),
    }),
  ),
});

/** `POST /api/saved/{id}/visit`. */
export const savedSearchVisitSchema = z.strictObject({ id: z.uuid(), visited_at: time });

/** `DELETE /api/saved/{id}`. */
export const savedSearchRemovalSchema = z.strictObject({ id: z.uuid(), removed: z.literal(true) });

export type SavedSearchView = z.output<typeof savedSearchSchema>;
export type SavedSearchList = z.output<typeof savedSearchListSchema>;
export type SavedSearchVisit = z.output<typeof savedSearchVisitSchema>;
export type SavedSearchRemoval = z.output<typeof savedSearchRemovalSchema>;
