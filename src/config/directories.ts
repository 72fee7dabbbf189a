/**
 * Where an installed flux-mirror keeps its data and reads its settings, by the conventions of each platform: the XDG Base
 * Directory Specification, `~/Library`, `%LOCALAPPDATA%`. Pure. The package env-paths does the same, but fails at import for a
 * user without a home directory, as there are in containers.
 */
import { posix, win32 } from 'node:path';

const NAME = 'flux-mirror';

export interface User {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** undefined if the user has no home directory. */
  readonly home: string | undefined;
}

/** @returns undefined if nothing says where */
export function findUserDataDirectory({ platform, env, home }: User): string | undefined {
  const findBelowHome = createFinder(platform, home);
  if (platform === 'win32') return appendName(win32, env.LOCALAPPDATA) ?? findBelowHome('AppData', 'Local');
  if (platform === 'darwin') return findBelowHome('Library', 'Application Support');
  return appendName(posix, onlyAbsolute(env.XDG_DATA_HOME)) ?? findBelowHome('.local', 'share');
}

/** @returns undefined if nothing says where */
export function findUserConfigDirectory({ platform, env, home }: User): string | undefined {
  const findBelowHome = createFinder(platform, home);
  if (platform === 'win32') return appendName(win32, env.APPDATA) ?? findBelowHome('AppData', 'Roaming');
  if (platform === 'darwin') return findBelowHome('Library', 'Preferences');
  return appendName(posix, onlyAbsolute(env.XDG_CONFIG_HOME)) ?? findBelowHome('.config');
}

/** What may be deleted at any time. @returns undefined if nothing says where */
export function findUserCacheDirectory({ platform, env, home }: User): string | undefined {
  const findBelowHome = createFinder(platform, home);
  // Windows has one place for both, so it is inside the data directory, which looks for what it knows by name.
  if (platform === 'win32') {
    const folder = appendName(win32, env.LOCALAPPDATA) ?? findBelowHome('AppData', 'Local');
    return folder && win32.join(folder, 'Cache');
  }
  if (platform === 'darwin') return findBelowHome('Library', 'Caches');
  return appendName(posix, onlyAbsolute(env.XDG_CACHE_HOME)) ?? findBelowHome('.cache');
}

function createFinder(platform: NodeJS.Platform, home: string | undefined) {
  const { join } = platform === 'win32' ? win32 : posix;
  return (...names: readonly string[]) => (home ? join(home, ...names, NAME) : undefined);
}

function appendName({ join }: typeof posix, folder: string | undefined): string | undefined {
  return folder ? join(folder, NAME) : undefined;
}

/** The specification: relative paths are invalid and must be ignored. */
function onlyAbsolute(path: string | undefined): string | undefined {
  return path !== undefined && posix.isAbsolute(path) ? path : undefined;
}
