/** The `.env` files that settings are read from, and the data directory of whoever names none. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { hasErrorCode } from '../lib/errno.ts';
import { findUserConfigDirectory, findUserDataDirectory, type User } from './directories.ts';
import { SETTINGS } from './setting-table.ts';

export interface EnvFile {
  /** Absolute. */
  readonly path: string;
  readonly text: string;
  /** In a directory that is the user's by its name, unlike one that came with a folder. */
  readonly isOwn?: boolean;
}

export interface SettingLocations {
  /** Those that exist; the first one that has a setting counts. */
  readonly envFiles: readonly EnvFile[];
  readonly defaultDataDir: string;
}

/** In a source checkout, in a container, and as a dependency of a project: everything is in the working directory. */
export function locateInWorkingDirectory(): SettingLocations {
  return { envFiles: readFiles(['.env']), defaultDataDir: SETTINGS.dataDir.default };
}

/**
 * Installed for a user, from whatever directory it is called: data are in the user's data directory, unless the working directory
 * has a mirror in `./data`. Settings come from `.env` in the working directory, the data directory and the user's configuration
 * directory.
 * @param dataDir from the command line
 */
export function locateForUser(user: User, dataDir: string | undefined): SettingLocations {
  const here = SETTINGS.dataDir.default;
  const hasMirror = existsSync(join(here, 'mirror.db'));
  const userDataDir = findUserDataDirectory(user);
  const defaultDataDir = (hasMirror ? undefined : userDataDir) ?? here;
  const configDirectory = findUserConfigDirectory(user);
  const configFiles = configDirectory === undefined ? [] : [join(configDirectory, '.env')];
  const named = [user.env, ...readFiles(['.env', ...configFiles]).map(({ text }) => parseEnv(text))].map(
    (variables) => variables[SETTINGS.dataDir.env] || undefined,
  );
  const usedDataDir = dataDir ?? named.find((path) => path !== undefined) ?? defaultDataDir;
  const ownFiles = [...configFiles, ...(userDataDir === undefined ? [] : [join(userDataDir, '.env')])];
  const envFiles = readFiles(['.env', join(usedDataDir, '.env'), ...configFiles]).map((file) => ({
    ...file,
    isOwn: ownFiles.includes(file.path),
  }));
  return { envFiles, defaultDataDir };
}

function readFiles(paths: readonly string[]): EnvFile[] {
  return [...new Set(paths.map((path) => resolve(path)))].flatMap((path) => {
    const text = readEnvFile(path);
    return text === undefined ? [] : [{ path, text }];
  });
}

/** @returns undefined if the file does not exist */
function readEnvFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').replace(/^\ufeff/, ''); // otherwise a byte order mark becomes part of the first name
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}
