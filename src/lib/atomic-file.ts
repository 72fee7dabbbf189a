/** Writes files atomically: a file is either complete or absent. */
import { link, open, rename, rm } from 'node:fs/promises';
import { hasErrorCode } from './errno.ts';

/**
 * Writes to `partial` and renames it once it is complete; a failure leaves nothing behind.
 * @param partial temporary path in the same file system, used by nobody else
 * @param write writes the file `partial`; must call fsync itself if durability matters
 */
export async function writeAtomically(
  path: string,
  partial: string,
  write: (partial: string) => Promise<unknown>,
): Promise<void> {
  try {
    await write(partial);
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

/**
 * Gives a complete file its final name: unlike a rename, a link fails when another process was faster.
 * @returns whether the name was free
 */
export async function moveToFreeName(partial: string, file: string): Promise<boolean> {
  try {
    await link(partial, file);
    return true;
  } catch (error) {
    if (hasErrorCode(error, 'EEXIST')) return false;
  }
  // The file system has no hard links: reserve the name with an empty file, then replace that.
  try {
    await (await open(file, 'wx', 0o600)).close();
  } catch (error) {
    if (hasErrorCode(error, 'EEXIST')) return false;
    throw error;
  }
  await rename(partial, file);
  return true;
}
