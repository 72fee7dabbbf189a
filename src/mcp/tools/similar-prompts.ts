/** `similar_prompts`: tasks whose prompts share rare words with that of a task. */
import * as z from 'zod';
import { NOTE, READS, type Tool } from '../tool.ts';
import { createParams, idInput, listedTaskSchema, listTask, noteSchema, tileShape } from './shared.ts';

const input = z.object({ id: idInput, limit: z.int().min(1).max(50).default(10) });

const output = z.object({
  note: noteSchema,
  items: z.array(
    listedTaskSchema.extend({
      similarity: z.number().describe('0 to 1: the share of the rare words they have in common.'),
    }),
  ),
});

/** Members of a hit of `/api/tasks/:id/similar` that are told. */
const answerSchema = z.object({
  items: z.array(
    z.object({
      ...tileShape.omit({ images: true, match: true, error: true }).shape,
      images: z.array(z.unknown()),
      similarity: z.number(),
    }),
  ),
});

export const similarPrompts: Tool<typeof input, typeof output> = {
  name: 'similar_prompts',
  title: 'Similar prompts',
  description: 'Lists tasks whose prompts are like that of a task, near-duplicates first.',
  input,
  output,
  annotations: READS,
  run: async (mirror, { id, limit }) => {
    const { items } = answerSchema.parse(
      JSON.parse(await mirror.ask('similar', createParams({ limit }), id)),
    );
    return {
      data: {
        note: NOTE,
        items: items.map(({ similarity, images, ...task }) => ({
          ...listTask({ ...task, images: images.length }),
          similarity,
        })),
      },
    };
  },
};
