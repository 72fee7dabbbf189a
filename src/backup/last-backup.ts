/** How the scheduled backups fare, kept over restarts. */
import type { Store } from '../store/contract/store.ts';

export interface LastBackup {
  /** The last good one; undefined when there was none yet. */
  readonly atMs: number | undefined;
  /** Why the last attempt failed; undefined when it did not. */
  readonly error: string | undefined;
}

const BOOKMARK = 'last backup';

type Bookmarks = Pick<Store, 'bookmark' | 'setBookmark'>;

export async function lastBackup(store: Pick<Store, 'bookmark'>): Promise<LastBackup> {
  const text = await store.bookmark(BOOKMARK);
  if (text === undefined) return { atMs: undefined, error: undefined };
  const { atMs, error } = JSON.parse(text) as Partial<LastBackup>; // nobody else writes it
  return { atMs, error };
}

/** @param attempt when it was, and why it failed if it did */
export async function rememberBackup(
  store: Bookmarks,
  attempt: { atMs: number; error: string | undefined },
): Promise<void> {
  const { atMs } = attempt.error === undefined ? attempt : await lastBackup(store);
  await store.setBookmark(BOOKMARK, JSON.stringify({ atMs, error: attempt.error }));
}
