/** Writes files atomically: a file is either complete or absent. */
import { rename, rm } from 'node:fs/promises';

/**
 * Writes to `partial` and renames it once it is complete; a failure leaves nothing behind.
 * @param partial temporary path in the same file system
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
