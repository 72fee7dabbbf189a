/** Keeps compiled code between runs: to compile it is a third of the time of a short command. */
import { lstatSync, mkdirSync } from 'node:fs';
import module from 'node:module';
import { dirname } from 'node:path';
import { findUserCacheDirectory, type User } from '../config/directories.ts';
import { hasErrorCode } from '../lib/errno.ts';

/** Not in every Node that we run on: since 22.1. */
interface CompileCacheApi {
  readonly enableCompileCache?: (directory: string) => unknown;
}

/**
 * Does nothing on a Node without one, for a user without a home directory, or where the directory can't be written. The variables
 * `NODE_COMPILE_CACHE` and `NODE_DISABLE_COMPILE_CACHE` of Node count. The default of Node, a directory in the shared temporary
 * one, is not used: others could have made it.
 */
export function enableCompileCache(user: User): void {
  const { enableCompileCache: enable } = module as CompileCacheApi;
  const directory = findUserCacheDirectory(user);
  if (!enable || directory === undefined || user.env.NODE_DISABLE_COMPILE_CACHE) return;
  if ([dirname(directory), directory].every((path) => makeDirectory(path) && isOwnAlone(path)))
    enable(directory);
}

/** What is in it is run: nobody else may have made it, or write to it. */
function isOwnAlone(path: string): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (!stats?.isDirectory()) return false;
  return process.getuid === undefined || (stats.uid === process.getuid() && (stats.mode & 0o022) === 0);
}

/**
 * One level only: to make a path below /proc recursively never ends before Node 26. With the permissions that the XDG Base Directory
 * Specification asks for.
 */
function makeDirectory(path: string): boolean {
  try {
    mkdirSync(path, { mode: 0o700 });
    return true;
  } catch (error) {
    return hasErrorCode(error, 'EEXIST');
  }
}
