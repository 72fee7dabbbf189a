/** Response of `GET /api/stats/days`. */
import * as z from 'zod';
import { count, text, time } from './schema-values.ts';

const cost = z.number().min(0).meta({ description: 'credits; tasks that tell no cost count as nothing' });

export const activitySchema = z.strictObject({
  by: z.enum(['day', 'month']),
  tz: text,
  items: z
    .array(z.strictObject({ period: text, from: time, count, cost }))
    .meta({ description: 'oldest first; periods without tasks are omitted' }),
  total: count,
  cost,
});

export type ActivityView = z.output<typeof activitySchema>;
