/** `history_stats`: how much was generated when, with which models, and what it cost. */
import * as z from 'zod';
import { NOTE, READS, type Tool } from '../tool.ts';
import { createParams, noteSchema, timeZoneInput } from './shared.ts';

const MAX_MODELS = 20;

/** A year may come as a number. */
const date = z.coerce.string().max(32).optional();
const input = z.object({
  by: z.enum(['day', 'month']).default('month'),
  from: date.describe(
    'A day, month or year: 2026-03-14, 2026-03, 2026. Default: a year ago, or 90 days by day.',
  ),
  to: date.describe('The last day, month or year.'),
  time_zone: timeZoneInput,
});

const output = z.object({
  note: noteSchema,
  total: z.number(),
  cost: z.number().describe('Credits, of the tasks that tell them.'),
  periods: z
    .array(z.object({ period: z.string(), count: z.number(), cost: z.number() }))
    .describe('Oldest first; empty ones are left out.'),
  models: z.array(z.object({ model: z.string().nullable(), count: z.number() })),
});

const activitySchema = z.object({
  items: z.array(z.object({ period: z.string(), count: z.number(), cost: z.number() })),
  total: z.number(),
  cost: z.number(),
});
const facetsSchema = z.object({
  model: z.array(z.object({ value: z.string().nullable(), count: z.number() })),
});

export const historyStats: Tool<typeof input, typeof output> = {
  name: 'history_stats',
  title: 'Statistics of the history',
  description: 'Counts tasks and credits by month or day, and tasks by model.',
  input,
  output,
  annotations: READS,
  run: async (mirror, { by, from, to, time_zone }) => {
    const range = { from, to, tz: time_zone };
    const [activity, facets] = await Promise.all([
      mirror.ask('activity', createParams({ by, ...range })),
      mirror.ask('facets', createParams({ only: 'model', ...range })),
    ]);
    const { items, total, cost } = activitySchema.parse(JSON.parse(activity));
    const { model } = facetsSchema.parse(JSON.parse(facets));
    return {
      data: {
        note: NOTE,
        ...{ total, cost, periods: items },
        models: model.slice(0, MAX_MODELS).map(({ value, count }) => ({ model: value, count })),
      },
    };
  },
};
