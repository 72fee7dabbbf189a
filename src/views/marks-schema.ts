/** Marks of tasks in responses, and the changes of them in requests. */
import * as z from 'zod';
import { MAX_RATING, MAX_TAGS } from '../task/marks.ts';
import { count, taskId, text, time } from './schema-values.ts';

const marksShape = {
  starred: z.boolean(),
  rating: z.int().min(0).max(MAX_RATING).meta({ description: '0: none' }),
  tags: z.array(text).max(MAX_TAGS),
  note: text,
  hidden: z.boolean().meta({ description: 'left out of searches that do not ask for it' }),
};

/** Of a hit that has some. */
export const marksSchema = z.strictObject(marksShape).meta({ description: 'only of a task that has some' });

/** `/api/tasks/:id/marks`. */
export const taskMarksSchema = z.strictObject({
  id: taskId,
  ...marksShape,
  changed_at: time.nullable().meta({ description: 'null: it was never marked' }),
});

const tagList = z.array(text).max(MAX_TAGS);
const markChange = z.strictObject({
  ...z.strictObject(marksShape).partial().shape,
  add_tags: tagList.optional(),
  remove_tags: tagList.optional(),
});

/** `POST /api/marks`. */
export const markResultSchema = z.strictObject({
  changed: count,
  unchanged: count.meta({ description: 'tasks that had these marks before' }),
  not_known: z.array(taskId),
  refused: z
    .array(z.strictObject({ id: taskId, reason: text }))
    .meta({ description: 'tasks that would have too many tags' }),
  before: z.array(z.strictObject({ ids: z.array(taskId), marks: markChange })).meta({
    description: 'sent as `items`, in parts if it is larger than a body may be, it undoes the change',
  }),
  remaining: count.meta({ description: 'tasks of the selection that are left for the next request' }),
  next_cursor: text.nullable().meta({
    description: 'of a search: sent as `cursor` with `remaining` as `count`, the request goes on from here',
  }),
});

/** `GET /api/tags`. */
export const tagListSchema = z.strictObject({ items: z.array(z.strictObject({ tag: text, count })) });

export type MarksView = z.output<typeof marksSchema>;
export type TaskMarksView = z.output<typeof taskMarksSchema>;
export type MarkResult = z.output<typeof markResultSchema>;
export type TagList = z.output<typeof tagListSchema>;
