/** Distinct prompts, their edits, and chains of edited pictures in responses. */
import * as z from 'zod';
import { MAX_RATING } from '../task/marks.ts';
import { count, taskId, text, time } from './schema-values.ts';
import { hitSchema, searchPageSchema, tileSchema } from './search-schema.ts';

const promptSchema = z.strictObject({
  prompt: text,
  highlights: hitSchema.shape.highlights,
  task: tileSchema.meta({
    description: 'its newest task with an archived picture; if none has one, that has succeeded',
  }),
  count: count.meta({ description: 'how many of the matching tasks have it' }),
  first_used_at: time,
  last_used_at: time,
  models: z.array(z.strictObject({ value: text.nullable(), count })).meta({
    description: 'the most used ones first',
  }),
  best: z
    .strictObject({ id: taskId, rating: z.int().min(1).max(MAX_RATING) })
    .nullable()
    .meta({ description: 'its best rated task; of several the newest' }),
});

/** `GET /api/prompts`. */
export const promptListSchema = z.strictObject({
  items: z.array(promptSchema),
  ...searchPageSchema.pick({
    next_cursor: true,
    total: true,
    total_is_exact: true,
    notes: true,
    understood: true,
    took_ms: true,
  }).shape,
});

const diffSchema = z
  .array(z.strictObject({ kind: z.enum(['same', 'removed', 'added']), text }).readonly())
  .meta({ description: 'word by word: what is the same or removed is the earlier prompt' });

const editSchema = z.strictObject({
  task: tileSchema,
  prompt: text,
  first_used_at: time,
  similarity: z.number().min(0).max(1).meta({
    description: 'how much of both prompts is the same; not weighed, unlike that of similar tasks',
  }),
  diff: diffSchema,
});

/** `GET /api/tasks/:id/edits`. */
export const promptEditsSchema = z.strictObject({
  prompt: text,
  first_used_at: time,
  came_from: editSchema.nullable().meta({ description: 'the earlier prompt that is most like it' }),
  led_to: z.array(editSchema).meta({ description: 'the later ones that come from it, in order of time' }),
  weighed: count.meta({ description: 'among how many near prompts they were looked for, at most 200' }),
  notes: z.array(text),
  took_ms: z.number(),
});

const chainSchema = z.array(
  z.strictObject({
    task: tileSchema,
    result: count.meta({ description: 'the index of the picture among the results of the one task' }),
    input: count.meta({ description: 'its index among those that the other was given' }),
  }),
);

/** `GET /api/tasks/:id/chain`. */
export const editChainSchema = z.strictObject({
  sources: chainSchema.max(50).meta({ description: 'tasks whose pictures it was given' }),
  results: chainSchema.max(50).meta({ description: 'tasks that were given a picture of it' }),
  took_ms: z.number(),
});

export type PromptList = z.output<typeof promptListSchema>;
export type PromptView = PromptList['items'][number];
export type PromptEdits = z.output<typeof promptEditsSchema>;
export type PromptEdit = PromptEdits['led_to'][number];
export type EditChainView = z.output<typeof editChainSchema>;
