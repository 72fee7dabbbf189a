/** `search_prompts`: the search of the mirror, shortened. */
import * as z from 'zod';
import { NOTE, READS, type Tool } from '../tool.ts';
import { createParams, listedTaskSchema, listTask, noteSchema, tileShape, timeZoneInput } from './shared.ts';

const input = z.object({
  query: z
    .string()
    .max(4000)
    .describe(
      'Words (found by their stem), "a phrase", -without, OR, prefix*, (groups), and operators: model:flux-dev size:1024x1024 ' +
        'action:edit state:failed seed:42 before:2026-03 after:30d on:2026-03-14, and what people say of tasks: is:starred ' +
        'rating:>=4 tag:poster has:note (is:hidden for those left out otherwise). Empty: everything.',
    ),
  sort: z.enum(['relevance', 'newest', 'oldest']).default('relevance'),
  close: z
    .boolean()
    .default(true)
    .describe('Whether prompts that lack a word, or have it in another spelling, follow those that match.'),
  limit: z.int().min(1).max(50).default(10),
  cursor: z.string().max(2000).optional().describe('next_cursor of the page before.'),
  time_zone: timeZoneInput,
});

const output = z.object({
  note: noteSchema,
  total: z.number().describe('Tasks that match exactly.'),
  total_is_exact: z.boolean(),
  items: z.array(
    listedTaskSchema.extend({
      equal_prompts: z
        .number()
        .optional()
        .describe('How many tasks have this prompt, if more than this one.'),
      differs: z.string().optional().describe('In what a close match differs.'),
      error: z.string().optional(),
    }),
  ),
  next_cursor: z.string().nullable().describe('For more: the same call with this as cursor.'),
  did_you_mean: z.array(z.string()).optional(),
  remarks: z.array(z.string()).optional(),
});

const answerSchema = z.object({
  items: z.array(tileShape),
  total: z.number(),
  total_is_exact: z.boolean(),
  next_cursor: z.string().nullable(),
  notes: z.array(z.string()),
  did_you_mean: z.array(z.object({ query: z.string() })),
});

export const searchPrompts: Tool<typeof input, typeof output> = {
  name: 'search_prompts',
  title: 'Search prompts',
  description:
    'Searches the prompts of all generations that this mirror keeps, without the vendor being asked. Equal prompts are folded. ' +
    'get_task tells more of a hit, get_image shows its picture.',
  input,
  output,
  annotations: READS,
  run: async (mirror, { query, sort, close, limit, cursor, time_zone }) => {
    const params = createParams({
      ...{ q: query, sort, limit, cursor, tz: time_zone },
      ...{ match: close ? 'close' : 'exact', group: 'prompt', fields: 'tile' },
    });
    const found = answerSchema.parse(JSON.parse(await mirror.ask('search', params)));
    return {
      data: {
        note: NOTE,
        ...{ total: found.total, total_is_exact: found.total_is_exact },
        items: found.items.map((tile) => ({
          ...listTask(tile),
          ...(tile.group && tile.group.count > 1 ? { equal_prompts: tile.group.count } : {}),
          ...describeDifference(tile),
          ...(tile.error === null ? {} : { error: tile.error }),
        })),
        next_cursor: found.next_cursor,
        ...(found.did_you_mean.length === 0
          ? {}
          : { did_you_mean: found.did_you_mean.map(({ query: other }) => other) }),
        ...(found.notes.length === 0 ? {} : { remarks: found.notes }),
      },
    };
  },
};

function describeDifference({ match, missing = [], corrected = [] }: z.output<typeof tileShape>) {
  if (match === 'exact') return {};
  const parts = [
    ...(missing.length === 0 ? [] : [`without ${missing.join(', ')}`]),
    ...corrected.map(({ from, to }) => `${to} for ${from}`),
  ];
  return { differs: parts.length === 0 ? 'another form of a word' : parts.join('; ') };
}
