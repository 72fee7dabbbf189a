/** Private files that must survive a power cut. Never use this on the database of a running owner: see lock.ts. */
import {
  chmodSync,
  chownSync,
  closeSync,
  copyFileSync,
  existsSync,
  fchmodSync,
  fsyncSync,
  openSync,
  renameSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';

const OWNER_ONLY_MODE = 0o600;

/**
 * Creates an empty file that only its owner may read; SQLite gives the files that it puts beside it the same mode. An existing
 * file is left alone, and not even opened.
 */
export function createPrivateFile(file: string): void {
  if (existsSync(file)) return;
  const descriptor = openSync(file, 'a', OWNER_ONLY_MODE);
  try {
    fchmodSync(descriptor, OWNER_ONLY_MODE);
  } finally {
    closeSync(descriptor);
  }
  inheritOwner(dirname(file), file);
}

/**
 * Gives a path created by root the owner of its folder: a server that runs as that user must be able to open it.
 */
export function inheritOwner(folder: string, path: string): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = statSync(folder);
  chownSync(path, uid, gid);
}

/** Makes a copy that only its owner may read, whatever the mode of the original. */
export function copyPrivateFile(file: string, copy: string): void {
  copyFileSync(file, copy);
  chmodSync(copy, OWNER_ONLY_MODE);
  inheritOwner(dirname(copy), copy);
}

/** Syncs a file, or the entries of a directory, to disk. */
export function syncFile(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } catch (error) {
    // Windows can't sync directories, nor files opened for reading.
    if (process.platform !== 'win32') throw error;
  } finally {
    closeSync(descriptor);
  }
}

/** Syncs a file to disk, then renames it atomically, replacing an existing file. */
export function renameDurably(partial: string, file: string): void {
  syncFile(partial);
  renameSync(partial, file);
  syncFile(dirname(file));
}

/** A time as part of a file name, to the millisecond: `20261124T093000000Z`. */
export function formatFileTimestamp(nowMs: number): string {
  return new Date(nowMs).toISOString().replace(/[-:.]/g, '');
}
