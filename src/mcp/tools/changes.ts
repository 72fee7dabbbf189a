/** `track_tasks` and `sync_now`: what changes something; only offered where that is allowed. */
import * as z from 'zod';
import { trackResultSchema } from '../../views/tracked-schema.ts';
import { type MirrorAccess, type MirrorChanges, MirrorError } from '../mirror-access.ts';
import type { Tool } from '../tool.ts';

const CHANGES = {
  readOnlyHint: false,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: true,
} as const;

const trackInput = z.object({ ids: z.array(z.string().min(1).max(128)).min(1).max(100) });
export const trackTasks: Tool<typeof trackInput, typeof trackResultSchema> = {
  name: 'track_tasks',
  title: 'Track tasks',
  description: 'Adds task ids to those that the mirror fetches from the vendor until they are finished.',
  input: trackInput,
  output: trackResultSchema,
  annotations: CHANGES,
  run: async (mirror, { ids }) => {
    return { data: trackResultSchema.parse(await requireChanges(mirror).track(ids)) };
  },
};

const syncInput = z.object({});
const syncOutput = z.object({
  outcome: z.string(),
  finished: z.number(),
  pending: z.number(),
  error: z.string().nullable(),
});

export const syncNow: Tool<typeof syncInput, typeof syncOutput> = {
  name: 'sync_now',
  title: 'Sync now',
  description: 'Fetches what is due from the vendor now, and tells what came of it.',
  input: syncInput,
  output: syncOutput,
  annotations: CHANGES,
  run: async (mirror) => {
    const result = syncOutput.parse(await requireChanges(mirror).sync());
    return { data: result };
  },
};

/** @throws MirrorError */
function requireChanges({ changes }: MirrorAccess): MirrorChanges {
  if (!changes) throw new MirrorError('this mirror may not be changed from here');
  return changes;
}
