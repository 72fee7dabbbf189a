/** Files that are either whole or not there. */
import { rename, rm } from 'node:fs/promises';

/**
 * Writes a file under another name and gives it its own when it is whole; a failure leaves nothing behind.
 * @param partial in the same file system
 * @param write makes the file `partial`; brings it to the disk itself where that matters
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
