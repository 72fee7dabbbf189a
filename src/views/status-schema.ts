/** The state of the mirror, as `/api/stats`, the probes and the `status` command show it. */
import * as z from 'zod';
import { count, text, time } from './schema-values.ts';

const statusSchema = z.strictObject({
  total: count,
  by_state: z.strictObject({ pending: count, succeeded: count, failed: count }),
  oldest: time.nullable(),
  newest: time.nullable(),
  tracked: count,
  due: count,
  given_up: count,
  disk_bytes: count,
  database_bytes: count,
  images: z.strictObject({
    archived: count,
    bytes: count,
    wanted: count,
    given_up: count,
    missing: count,
    reasons: z.array(z.strictObject({ error: text, count })),
  }),
  callbacks: z.strictObject({
    waiting: count,
    undelivered: count,
    delivered: count,
    given_up: count,
    last_error: text.nullable(),
  }),
  upstream: z.strictObject({
    state: text,
    until: time.nullable(),
    message: text.nullable(),
    answered_at: time.nullable(),
    failed_at: time.nullable().meta({ description: 'when a request last got no answer' }),
  }),
});

/** `GET /api/stats`. */
export const statsSchema = z.strictObject({ ...statusSchema.shape, trouble: z.array(text) });

/** `GET /healthz`. */
export const livenessSchema = z.strictObject({ status: text });

/** `GET /readyz`. */
export const readinessSchema = z.strictObject({ status: text, reasons: z.array(text) });

export type Status = z.output<typeof statusSchema>;
export type StatsView = z.output<typeof statsSchema>;
export type Liveness = z.output<typeof livenessSchema>;
export type Readiness = z.output<typeof readinessSchema>;
