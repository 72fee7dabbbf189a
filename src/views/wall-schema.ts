/** Responses of the routes of the wall: months, the layout of one, the place of a task. */
import * as z from 'zod';
import { count, taskId, text, time } from './schema-values.ts';
import { countedAt, understoodSchema } from './search-schema.ts';

const month = z.string().regex(/^\d{4}-\d{2}$/);
const base64 = z.base64();

/** `GET /api/wall/months`. */
export const wallMonthsSchema = z.strictObject({
  items: z
    .array(z.strictObject({ month, from: time, to: time, count }))
    .meta({ description: 'months without matches are omitted' }),
  total: count,
  counted_at: countedAt,
  notes: z.array(text),
  understood: understoodSchema,
  took_ms: z.number(),
});

/** `GET /api/wall/layout`. */
export const wallLayoutSchema = z.strictObject({
  month,
  count,
  ratios: base64.meta({
    description:
      'one byte for each task, in the order of a search: 128 + 64 ln(width / height), from 1:3 to 3:1, of the first image or of the size that was asked for',
  }),
  states: base64.meta({
    description:
      'two bits for each task, four tasks to a byte, lowest bits first: 0 pending, 1 succeeded, 2 failed',
  }),
  cursors: z.array(text).meta({
    description:
      'for /api/search with the same parameters and limit=100: the tasks from index 0, 100, 200 … on',
  }),
  notes: z.array(text),
  took_ms: z.number(),
});

/** `GET /api/wall/place`. */
export const wallPlaceSchema = z.strictObject({
  id: taskId.meta({ description: 'with group=prompt: the newest task with the same prompt' }),
  month,
  index: count.meta({ description: 'within its month, from 0' }),
  count: count.meta({ description: 'how many there are in its month' }),
  previous: taskId.nullable().meta({ description: 'the one before it in the order, of whichever month' }),
  next: taskId.nullable(),
  notes: z.array(text),
  took_ms: z.number(),
});

export type WallMonthsView = z.output<typeof wallMonthsSchema>;
export type WallLayoutView = z.output<typeof wallLayoutSchema>;
export type WallPlaceView = z.output<typeof wallPlaceSchema>;
