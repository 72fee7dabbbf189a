/** The `.env` file that `init` writes. */
import { mkdirSync, readFileSync, realpathSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { findUserConfigDirectory } from '../config/directories.ts';
import type { SettingLocations } from '../config/env-files.ts';
import { writeAtomically } from '../lib/atomic-file.ts';
import { hasErrorCode } from '../lib/errno.ts';
import { readLaunch } from './launch.ts';
import { readUser } from './user.ts';

/** @param file as the person named it, if they did @returns absolute */
export function findSettingsFile(file: string | undefined): string {
  if (file !== undefined) return resolve(file);
  const directory = readLaunch().isGlobal ? findUserConfigDirectory(readUser()) : undefined;
  return join(directory ?? process.cwd(), '.env');
}

/** @returns empty if it does not exist */
export function readSettingsFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return '';
    throw error;
  }
}

/** The path of another file that is read before this one, and sets the variable. */
export function findEarlierFile(
  path: string,
  name: string,
  { envFiles }: SettingLocations,
): string | undefined {
  const at = envFiles.findIndex((each) => each.path === path);
  return envFiles.slice(0, Math.max(at, 0)).find(({ text }) => parseEnv(text)[name])?.path;
}

/** Complete or not at all, and never readable by others, not even for a moment. A link stays one. */
export async function writePrivately(path: string, text: string): Promise<void> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const file = findTarget(path);
  await writeAtomically(file, `${file}.${process.pid}.partial`, (partial) =>
    writeFile(partial, text, { mode: 0o600, flag: 'wx', flush: true }),
  );
}

function findTarget(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return path;
    throw error;
  }
}
