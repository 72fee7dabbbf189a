/** Sync runs, as `/api/sync` and the commands show them. */
import * as z from 'zod';
import { count, text, time } from './schema-values.ts';

const runCounts = z.strictObject({
  claimed: count,
  finished: count,
  pending: count,
  unknown: count,
  failed: count,
  given_up: count,
  requests: count,
  regressions: count,
  dropped: count,
  discovered: count,
});

const runSchema = z.strictObject({
  id: count,
  trigger: z.enum(['schedule', 'api', 'command']),
  started_at: time,
  ended_at: time.nullable(),
  outcome: text,
  ...runCounts.shape,
  error: text.nullable(),
});

/** `POST /api/sync`. */
export const syncResultSchema = z.strictObject({
  outcome: text,
  ...runCounts.shape,
  error: text.nullable(),
});

/** `GET /api/sync/runs`. */
export const runListSchema = z.strictObject({ items: z.array(runSchema) });

export type RunCountsView = z.output<typeof runCounts>;
export type RunView = z.output<typeof runSchema>;
export type SyncResult = z.output<typeof syncResultSchema>;
export type RunList = z.output<typeof runListSchema>;
