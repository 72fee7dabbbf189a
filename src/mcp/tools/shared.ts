/** What several tools ask for, and tell. */
import * as z from 'zod';
import { cutText } from '../../lib/cut-text.ts';
import { NOTE } from '../tool.ts';

/** UTF-16 units of a prompt in a list. */
const MAX_LISTED_PROMPT = 200;
const MAX_LISTED_NOTE = 1000;

export const noteSchema = z.literal(NOTE);
export const idInput = z.string().min(1).max(128).describe('A task id, or its first 6 or more characters.');
export const timeZoneInput = z
  .string()
  .max(64)
  .optional()
  .describe('IANA time zone of dates, such as Europe/Berlin; default: that of the mirror.');

/** As the mirror's own routes have them. */
export const marksShape = z.object({
  starred: z.boolean(),
  rating: z.number(),
  tags: z.array(z.string()),
  note: z.string(),
  hidden: z.boolean(),
});

/** Only what there is. */
export const listedMarksSchema = z.object({
  starred: z.literal(true).optional(),
  rating: z.number().optional().describe('1 to 5.'),
  tags: z.array(z.string()).optional(),
  note: z.string().optional(),
  hidden: z.literal(true).optional(),
});

/** A task in a list. */
export const listedTaskSchema = z.object({
  id: z.string(),
  created_at: z.string().nullable(),
  state: z.string(),
  prompt: z.string().describe(`At most ${MAX_LISTED_PROMPT} characters.`),
  model: z.string().nullable(),
  size: z.string().nullable(),
  pictures: z.number(),
  marks: listedMarksSchema.optional().describe('What people say of it, if anything.'),
});

/** Members of a tile (`fields=tile`) that a list tells. */
export const tileShape = z.object({
  id: z.string(),
  created_at: z.string().nullable(),
  state: z.string(),
  model: z.string().nullable(),
  size: z.string().nullable(),
  prompt: z.string(),
  images: z.number(),
  error: z.string().nullable(),
  match: z.enum(['exact', 'close']),
  missing: z.array(z.string()).optional(),
  corrected: z.array(z.object({ from: z.string(), to: z.string() })).optional(),
  group: z.object({ count: z.number() }).optional(),
  marks: marksShape.optional(),
});

type ListedTile = Omit<z.output<typeof tileShape>, 'match' | 'error'>;

export function listTask({ id, created_at, state, model, size, prompt, images, marks }: ListedTile) {
  return {
    ...{ id, created_at, state, prompt: cutText(prompt, MAX_LISTED_PROMPT), model, size, pictures: images },
    ...(marks ? { marks: listMarks(marks) } : {}),
  };
}

export function listMarks({ starred, rating, tags, note, hidden }: z.output<typeof marksShape>) {
  return {
    ...(starred ? { starred } : {}),
    ...(rating === 0 ? {} : { rating }),
    ...(tags.length === 0 ? {} : { tags }),
    ...(note === '' ? {} : { note: cutText(note, MAX_LISTED_NOTE) }),
    ...(hidden ? { hidden } : {}),
  } satisfies z.output<typeof listedMarksSchema>;
}

/** @param given undefined members are left out */
export function createParams(given: Readonly<Record<string, string | number | undefined>>): URLSearchParams {
  return new URLSearchParams(
    Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
}
