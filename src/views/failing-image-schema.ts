/** Images that could not be fetched, as the route and the `status` command show them. */
import * as z from 'zod';
import { count, taskId, text, time } from './schema-values.ts';

const failingImageSchema = z.strictObject({
  id: taskId,
  image: count.meta({ description: 'which of the links of the task, from 0' }),
  is_input: z
    .literal(true)
    .optional()
    .meta({ description: 'it is one of the images that the task was given to work on' }),
  attempts: count,
  next_try: time.nullable(),
  last_error: text,
});

/** `GET /api/images/failing`. */
export const failingImageListSchema = z.strictObject({ items: z.array(failingImageSchema) });

export type FailingImageView = z.output<typeof failingImageSchema>;
export type FailingImageList = z.output<typeof failingImageListSchema>;
