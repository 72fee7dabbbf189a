/** The `.env` file that `init` writes. */
import { isUtf8 } from 'node:buffer';
import { lstatSync, mkdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { chown, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { findUserConfigDirectory } from '../config/directories.ts';
import type { SettingLocations } from '../config/env-files.ts';
import { writeAtomically } from '../lib/atomic-file.ts';
import { CommandFailed } from './failure.ts';
import { readLaunch } from './launch.ts';
import { readUser } from './user.ts';

/** @param file as the person named it, if they did @returns absolute */
export function findSettingsFile(file: string | undefined): string {
  if (file !== undefined) return resolve(file);
  const directory = readLaunch().isGlobal ? findUserConfigDirectory(readUser()) : undefined;
  return join(directory ?? process.cwd(), '.env');
}

/**
 * Without a byte order mark.
 * @returns empty if it does not exist
 * @throws CommandFailed if it is something else than a text file
 */
export function readSettingsFile(path: string): string {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return '';
  const target = stats.isSymbolicLink() ? statSync(path, { throwIfNoEntry: false }) : stats;
  if (!target) throw new CommandFailed(`${path} is a link that leads to nothing`);
  if (!target.isFile()) throw new CommandFailed(`${path} is not a file`);
  const bytes = readFileSync(path);
  if (!isUtf8(bytes)) throw new CommandFailed(`${path} is not UTF-8: edit it by hand`);
  return bytes.toString().replace(/^\ufeff/, '');
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

/** Complete or not at all, and never readable by others, not even for a moment. A link stays one, and the owner who he is. */
export async function writePrivately(path: string, text: string): Promise<void> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const owner = statSync(path, { throwIfNoEntry: false });
  const file = owner ? realpathSync(path) : path;
  await writeAtomically(file, `${file}.${process.pid}.partial`, async (partial) => {
    await writeFile(partial, text, { mode: 0o600, flag: 'wx', flush: true });
    if (owner && process.getuid?.() === 0) await chown(partial, owner.uid, owner.gid);
  });
}
