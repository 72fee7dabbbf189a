/** The body of every error, in the upstream's format. */
import * as z from 'zod';

export const errorSchema = z.strictObject({
  success: z.literal(false),
  error: z.strictObject({ code: z.string(), message: z.string() }),
  trace_id: z.uuid(),
});

export type ErrorBody = z.output<typeof errorSchema>;
