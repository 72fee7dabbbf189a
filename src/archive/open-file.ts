/**
 * Opens files of the archive: never through a link, which could lead to any file of this machine, and without waiting for
 * the writer of a pipe that lies in their place.
 */
import type { Stats } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { getErrorCode } from '../lib/errno.ts';
import { READ_FLAGS } from '../lib/open-flags.ts';
import { ImageFailure } from './failure.ts';

/** An open regular file, which stays readable when its name is removed. The one who opened it closes it. */
export interface OpenFile {
  readonly handle: FileHandle;
  readonly stats: Stats;
}

/** No file there, a link, or something that can't be opened as a file. */
const NO_FILE = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'EMLINK', 'EISDIR', 'ENXIO', 'ENODEV']);

/** @returns undefined if there is no regular file; neither it nor its folder may be a link @throws the system's error */
export async function openFile(path: string): Promise<OpenFile | undefined> {
  try {
    if (!(await statFile(path))) return undefined;
    const handle = await open(path, READ_FLAGS);
    try {
      const stats = await handle.stat();
      if (stats.isFile()) return { handle, stats };
    } catch (error) {
      await handle.close();
      throw error;
    }
    await handle.close();
    return undefined;
  } catch (error) {
    if (isNoFile(error)) return undefined;
    throw error;
  }
}

/** Describes the file that `openFile` would find there. @throws the system's error */
export async function statFile(path: string): Promise<Stats | undefined> {
  try {
    if (!(await lstat(dirname(path))).isDirectory()) return undefined;
    const stats = await lstat(path);
    return stats.isFile() ? stats : undefined;
  } catch (error) {
    if (isNoFile(error)) return undefined;
    throw error;
  }
}

/** The names of the regular files in a folder; none if it is no folder. @throws the system's error */
export async function listFiles(folder: string): Promise<ReadonlySet<string>> {
  try {
    if (!(await lstat(folder)).isDirectory()) return new Set();
    const entries = await readdir(folder, { withFileTypes: true });
    return new Set(entries.filter((entry) => entry.isFile()).map(({ name }) => name));
  } catch (error) {
    if (isNoFile(error)) return new Set();
    throw error;
  }
}

/** Whether an error means that there is no such file. */
export function isNoFile(error: unknown): boolean {
  return NO_FILE.has(getErrorCode(error) ?? '');
}

/** Creates a folder that only its owner may read. @throws ImageFailure if something else is in its place */
export async function createFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    if ((await lstat(path)).isDirectory()) return;
  } catch (error) {
    if (!isObstacle(error)) throw error;
  }
  throw new ImageFailure(OBSTACLE);
}

const OBSTACLE = 'something else is in the place of its file';

/** @throws ImageFailure if a rename failed because of what is in the place of its target; else the error itself */
export function explainRenameFailure(error: unknown): never {
  throw isObstacle(error) ? new ImageFailure(OBSTACLE, { cause: error }) : error;
}

function isObstacle(error: unknown): boolean {
  return ['EEXIST', 'ENOTEMPTY', 'EISDIR', 'ENOTDIR', 'ELOOP'].includes(getErrorCode(error) ?? '');
}
