/** Tracked ids, as `/api/tracked` and the `track` command show them. */
import * as z from 'zod';
import { count, taskId, text, time } from './schema-values.ts';

const trackedIdSchema = z.strictObject({
  id: taskId,
  tracked_at: time,
  due_at: time.nullable(),
  given_up: z.boolean(),
  attempts: count,
  unknown_since: time.nullable(),
  last_error: text.nullable(),
});

/** `GET /api/tracked`. */
export const trackedListSchema = z.strictObject({ items: z.array(trackedIdSchema), total: count });

/** `POST /api/tracked`. */
export const trackResultSchema = z.strictObject({
  added: count,
  revived: count,
  already_tracked: count,
  already_finished: count,
});

/** `DELETE /api/tracked/:id`. */
export const untrackResultSchema = z.strictObject({ id: taskId, untracked: z.boolean() });

export type TrackedIdView = z.output<typeof trackedIdSchema>;
export type TrackedList = z.output<typeof trackedListSchema>;
export type TrackResultView = z.output<typeof trackResultSchema>;
export type UntrackResult = z.output<typeof untrackResultSchema>;
