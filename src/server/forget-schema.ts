/** `POST /api/forget`. */
import * as z from 'zod';
import { count, taskId } from '../views/schema-values.ts';

export const forgetResultSchema = z.strictObject({
  forgotten: count,
  images: count.meta({ description: 'images that no other task had, deleted with them' }),
  not_known: z.array(taskId),
  remaining: count.meta({ description: 'tasks of the selection that are left for the next request' }),
});

export type ForgetResult = z.output<typeof forgetResultSchema>;
