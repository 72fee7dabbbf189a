/** The body of every error, in the upstream's format. */
import * as z from 'zod';

export const errorSchema = z.strictObject({
  success: z.literal(false),
  error: z.strictObject({
    code: z.string(),
    message: z.string(),
    candidates: z
      .array(z.string())
      .readonly()
      .optional()
      .meta({ description: 'with the code ambiguous: ids that begin with the given one, at most 10' }),
  }),
  trace_id: z.uuid(),
});

export type ErrorBody = z.output<typeof errorSchema>;
