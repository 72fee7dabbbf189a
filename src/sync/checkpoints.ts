/** Checkpoints of backfills, kept in the store so that a backfill resumes where it stopped. */
import * as z from 'zod';
import type { Store } from '../store/contract/store.ts';
import type { Walk } from './history-walk.ts';
import type { HistoryScope } from './scopes.ts';

const walkSchema = z.object({
  floorMs: z.number(),
  topMs: z.number().optional(),
  untilMs: z.number().optional(),
  offset: z.number(),
  pages: z.number(),
  idle: z.number(),
});

export interface Checkpoint {
  /** Undefined if nothing has been read yet. */
  read(): Promise<Walk | undefined>;
  write(walk: Walk): Promise<void>;
}

/** @param upstreamUrl the upstream whose history is read */
export function openCheckpoint(store: Store, upstreamUrl: string, scope: HistoryScope): Checkpoint {
  const name = `backfill ${upstreamUrl} ${scope.user_id ?? '*'} ${scope.application_id ?? '*'}`;
  return {
    read: async () => {
      const text = await store.readCheckpoint(name);
      const { data } = walkSchema.safeParse(JSON.parse(text ?? 'null'));
      if (!data) return undefined; // also for checkpoints in the format of another version
      const { topMs, untilMs, ...walk } = data;
      return { ...walk, topMs, untilMs };
    },
    write: async (walk) => store.setCheckpoint(name, JSON.stringify(walk)),
  };
}
