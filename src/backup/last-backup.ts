/** The outcome of the last backup, scheduled or by command, persisted across restarts. */
import * as z from 'zod';
import { tryParseJson } from '../lib/parse-json.ts';
import type { Store } from '../store/contract/store.ts';

export interface LastBackup {
  /** The last successful one; undefined if there was none yet. */
  readonly atMs: number | undefined;
  /** Why the last attempt failed; undefined if it succeeded. */
  readonly error: string | undefined;
}

const CHECKPOINT = 'last backup';

const MAX_DATE_MS = 8.64e15;
const lastBackupSchema = z.object({
  atMs: z.number().max(MAX_DATE_MS).optional(),
  error: z.string().optional(),
});

type CheckpointStore = Pick<Store, 'readCheckpoint' | 'setCheckpoint'>;

export async function readLastBackup(store: Pick<Store, 'readCheckpoint'>): Promise<LastBackup> {
  const text = await store.readCheckpoint(CHECKPOINT);
  // Damage to a checkpoint must not make the mirror unready: it counts as none.
  const { data } = lastBackupSchema.safeParse(tryParseJson(text ?? 'null'));
  return { atMs: data?.atMs, error: data?.error };
}

/** @param attempt when it was, and why it failed if it did */
export async function recordBackup(
  store: CheckpointStore,
  attempt: { atMs: number; error: string | undefined },
): Promise<void> {
  const { atMs } = attempt.error === undefined ? attempt : await readLastBackup(store);
  await store.setCheckpoint(CHECKPOINT, JSON.stringify({ atMs, error: attempt.error }));
}
