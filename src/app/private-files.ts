/** Makes what earlier versions, or a copy, left readable by others the owner's alone. */
import type { Stats } from 'node:fs';
import { chmod, lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** What a mirror has in its data directory. `.env` is the user's, and may be there. */
const OWN_NAMES =
  /^(?:mirror\.db|(?:writers\.)?lock\.db|owner\.json|spool\.)|^(?:images|thumbs|backups|\.env)$/;

/**
 * The files at the top and the backups; images and thumbnails are behind a folder that only the owner may enter. The directory
 * itself is left alone if it has anything else in it, such as a project.
 */
export async function makePrivate(dataDir: string): Promise<void> {
  const names = await readdir(dataDir);
  const own = names.filter((name) => OWN_NAMES.test(name));
  if (own.length === names.length) await restrict(dataDir);
  for (const name of own) await restrict(join(dataDir, name));
  if (!own.includes('backups')) return;
  const backups = join(dataDir, 'backups');
  if ((await lstat(backups)).isDirectory())
    for (const name of await readdir(backups)) await restrict(join(backups, name));
}

/** Changes only modes: opening a database here would drop SQLite's locks. */
async function restrict(path: string): Promise<void> {
  const stats = await lstat(path).catch(() => undefined); // may be gone: SQLite removes its logs
  if (!stats || !isOurs(stats)) return;
  const allowed = stats.isDirectory() ? 0o700 : 0o600;
  const mode = stats.mode & 0o777;
  if ((mode & ~allowed) !== 0) await chmod(path, mode & allowed).catch(() => undefined); // not every file system has modes
}

/** Neither a link, which leads elsewhere, nor another user's. */
function isOurs(stats: Stats): boolean {
  return (stats.isDirectory() || stats.isFile()) && stats.uid === process.getuid?.();
}
