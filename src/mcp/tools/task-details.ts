/** The details of a task, as several tools read them. */
import * as z from 'zod';
import type { MirrorAccess } from '../mirror-access.ts';
import { marksShape } from './shared.ts';

const localSchema = z.object({
  sha256: z.string(),
  width: z.number().optional(),
  height: z.number().optional(),
});

/** Members of `GET /api/tasks/:id/details` that tools tell. */
const detailsSchema = z.object({
  id: z.string(),
  created_at: z.string().nullable(),
  finished_at: z.string().nullable(),
  state: z.string(),
  action: z.string().nullable(),
  model: z.string().nullable(),
  size: z.string().nullable(),
  seed: z.union([z.number(), z.string()]).nullable(),
  prompt: z.string(),
  images: z.array(z.object({ url: z.string(), local: localSchema.nullable() })),
  videos: z.array(z.object({ url: z.string(), local: localSchema.nullable() })),
  inputs: z.array(z.object({ url: z.string(), local: localSchema.nullable() })),
  cost: z.number().nullable(),
  elapsed: z.number().nullable(),
  error: z.string().nullable(),
  marks: marksShape.optional(),
});

export type Details = z.output<typeof detailsSchema>;

/** @throws MirrorError */
export async function readDetails(mirror: MirrorAccess, id: string): Promise<Details> {
  return detailsSchema.parse(JSON.parse(await mirror.ask('details', new URLSearchParams(), id)));
}
