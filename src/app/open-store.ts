/** Opens the store of the mirror: SQLite in the data directory, or PostgreSQL if a setting names its database. */
import { mkdir } from 'node:fs/promises';
import type { Config } from '../config/config.ts';
import type { Clock } from '../lib/clock.ts';
import type { Store } from '../store/contract/store.ts';
import { acquireLock } from '../store/sqlite/lock.ts';
import { type OpenOptions, openStore } from '../store/sqlite/open.ts';

/** Where the store is. */
export type StoreLocation = Pick<Config, 'dataDir' | 'databaseUrl'>;

export interface OpenStoreOptions extends Omit<OpenOptions, 'dataDir'> {
  /** Connections to PostgreSQL; default: as many as a command needs. */
  readonly connections?: number;
}

/** Of a search thread, which asks one question at a time. */
export const THREAD_CONNECTIONS = 1;
const COMMAND_CONNECTIONS = 2;
const KINDS = { owner: 'server', writer: 'command', reader: 'reader' } as const;

/** @throws DirectoryInUse, NewerDatabase, UnusableDatabase, NoMirror, or a StoreError */
export async function openMirrorStore(
  { dataDir, databaseUrl }: StoreLocation,
  { connections = COMMAND_CONNECTIONS, ...options }: OpenStoreOptions,
): Promise<Store> {
  if (databaseUrl === undefined) return openStore({ dataDir, ...options });
  // Loaded only where it is used: it takes longer than most commands.
  const { openPostgresStore } = await import('../store/postgres/open.ts');
  const { mode, ...others } = options;
  // As SQLite does, which has its file there: images and what commands set aside are there in any case.
  if (mode !== 'reader') await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const open = () =>
    openPostgresStore({ ...others, url: databaseUrl, poolSize: connections, kind: KINDS[mode] });
  return mode === 'owner' ? openAsOwner(dataDir, options.clock, open) : open();
}

/** Servers share the database, but each has a data directory of its own: for its spool, and for files that are half there. */
async function openAsOwner(dataDir: string, clock: Clock, open: () => Promise<Store>): Promise<Store> {
  const lock = acquireLock(dataDir, clock.now());
  try {
    const store = await open();
    let closing: Promise<void> | undefined;
    const close = async () => {
      try {
        await store.close();
      } finally {
        lock.release();
      }
    };
    return {
      ...store,
      close: () => {
        closing ??= close();
        return closing;
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}
