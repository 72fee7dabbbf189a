/** How the scheduled backups fare, kept over restarts. */
import type { Store } from '../store/contract/store.ts';

export interface LastBackup {
  /** The last good one; undefined when there was none yet. */
  readonly atMs: number | undefined;
  /** Why the last attempt failed; undefined when it did not. */
  readonly error: string | undefined;
}

const BOOKMARK = 'last backup';

type Bookmarks = Pick<Store, 'readCheckpoint' | 'setCheckpoint'>;

export async function readLastBackup(store: Pick<Store, 'readCheckpoint'>): Promise<LastBackup> {
  const text = await store.readCheckpoint(BOOKMARK);
  if (text === undefined) return { atMs: undefined, error: undefined };
  const { atMs, error } = JSON.parse(text) as Partial<LastBackup>; // nobody else writes it
  return { atMs, error };
}

/** @param attempt when it was, and why it failed if it did */
export async function rememberBackup(
  store: Bookmarks,
  attempt: { atMs: number; error: string | undefined },
): Promise<void> {
  const { atMs } = attempt.error === undefined ? attempt : await readLastBackup(store);
  await store.setCheckpoint(BOOKMARK, JSON.stringify({ atMs, error: attempt.error }));
}
