/** Files that must survive a power cut. Never for the database of a running owner: see lock.ts. */
import { closeSync, fsyncSync, openSync } from 'node:fs';

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

/** A time as part of a file name, to the millisecond: `20261124T093000000Z`. */
export function fileStamp(nowMs: number): string {
  return new Date(nowMs).toISOString().replace(/[-:.]/g, '');
}
