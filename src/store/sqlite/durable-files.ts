/** Files that must survive a power cut, and that are nobody else's business. Never for the database of a running owner: see lock.ts. */
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
 * Makes an empty file that only its owner may read, which SQLite fills; what it puts beside it gets the same mode. One that is
 * there already stays as it is, and is not even opened.
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
 * What root makes in somebody else's folder belongs to him as well: the server that runs as him must be able to open it.
 */
export function inheritOwner(folder: string, path: string): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = statSync(folder);
  chownSync(path, uid, gid);
}

/** A copy that only its owner may read, whoever may read the original. */
export function copyPrivateFile(file: string, copy: string): void {
  copyFileSync(file, copy);
  chmodSync(copy, OWNER_ONLY_MODE);
  inheritOwner(dirname(copy), copy);
}

/** Brings a file's bytes, or a directory's names, to the disk. */
export function syncFile(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } catch (error) {
    // Windows syncs no directories, and no file that is open for reading.
    if (process.platform !== 'win32') throw error;
  } finally {
    closeSync(descriptor);
  }
}

/** Brings a file to the disk, then gives it its name, in place of what had it: whole or not at all. */
export function renameDurably(partial: string, file: string): void {
  syncFile(partial);
  renameSync(partial, file);
  syncFile(dirname(file));
}

/** A time as part of a file name, to the millisecond: `20261124T093000000Z`. */
export function formatFileTimestamp(nowMs: number): string {
  return new Date(nowMs).toISOString().replace(/[-:.]/g, '');
}
