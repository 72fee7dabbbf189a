/** The response to signing in or out. */
import * as z from 'zod';

export const sessionSchema = z.strictObject({ ok: z.literal(true) });

export type SessionAnswer = z.output<typeof sessionSchema>;
