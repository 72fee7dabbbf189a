/** `get_task`: what is known of one task. */
import * as z from 'zod';
import { cutText } from '../../lib/cut-text.ts';
import { NOTE, READS, type Tool } from '../tool.ts';
import { idInput, listedMarksSchema, listMarks, noteSchema } from './shared.ts';
import { type Details, readDetails } from './task-details.ts';

/** UTF-16 units. */
const MAX_PROMPT = 4000;

const input = z.object({ id: idInput });

const fileSchema = z.object({
  link: z.string().describe('Of the vendor; links die.'),
  is_archived: z.boolean(),
});

const output = z.object({
  note: noteSchema,
  id: z.string(),
  state: z.string(),
  created_at: z.string().nullable(),
  finished_at: z.string().nullable(),
  prompt: z.string(),
  prompt_is_cut: z
    .boolean()
    .describe(`Whether it is longer than ${MAX_PROMPT} characters: the resource has all of it.`),
  action: z.string().nullable(),
  model: z.string().nullable(),
  size: z.string().nullable(),
  seed: z.union([z.number(), z.string()]).nullable(),
  cost: z.number().nullable().describe('Credits.'),
  seconds: z.number().nullable().describe('How long it took.'),
  error: z.string().nullable(),
  pictures: z.array(fileSchema),
  videos: z.array(fileSchema),
  inputs: z.array(fileSchema).describe('Pictures that it was given to work on.'),
  marks: listedMarksSchema.optional().describe('What people say of it, if anything.'),
  resource: z.string().describe('The whole document.'),
});

export const getTask: Tool<typeof input, typeof output> = {
  name: 'get_task',
  title: 'Get a task',
  description: 'Tells what is stored of one generation: prompt, model, seed, cost, result links, error.',
  input,
  output,
  annotations: READS,
  run: async (mirror, { id }) => {
    const { prompt, elapsed, images, videos, inputs, marks, ...shared } = await readDetails(mirror, id);
    return {
      data: {
        note: NOTE,
        ...shared,
        prompt: cutText(prompt, MAX_PROMPT),
        prompt_is_cut: prompt.length > MAX_PROMPT,
        seconds: elapsed,
        pictures: images.map(describeFile),
        videos: videos.map(describeFile),
        inputs: inputs.map(describeFile),
        ...(marks ? { marks: listMarks(marks) } : {}),
        resource: `flux-task://${encodeURIComponent(shared.id)}`,
      },
    };
  },
};

function describeFile({ url, local }: Details['images'][number]) {
  return { link: url, is_archived: local !== null };
}
