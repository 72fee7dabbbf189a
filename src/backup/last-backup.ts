/** The outcome of the last backup, scheduled or by command, persisted across restarts. */
import type { Store } from '../store/contract/store.ts';

export interface LastBackup {
  /** The last successful one; undefined if there was none yet. */
  readonly atMs: number | undefined;
  /** Why the last attempt failed; undefined if it succeeded. */
  readonly error: string | undefined;
}

const CHECKPOINT = 'last backup';

type CheckpointStore = Pick<Store, 'readCheckpoint' | 'setCheckpoint'>;

export async function readLastBackup(store: Pick<Store, 'readCheckpoint'>): Promise<LastBackup> {
  const text = await store.readCheckpoint(CHECKPOINT);
  if (text === undefined) return { atMs: undefined, error: undefined };
  const { atMs, error } = JSON.parse(text) as Partial<LastBackup>; // only written by recordBackup
  return { atMs, error };
}

/** @param attempt when it was, and why it failed if it did */
export async function recordBackup(
  store: CheckpointStore,
  attempt: { atMs: number; error: string | undefined },
): Promise<void> {
  const { atMs } = attempt.error === undefined ? attempt : await readLastBackup(store);
  await store.setCheckpoint(CHECKPOINT, JSON.stringify({ atMs, error: attempt.error }));
}
