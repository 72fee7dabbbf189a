/**
 * Files that are being received: `images/partial`, always on the disk of this machine. They are complete and fsynced before they are
 * stored.
 */
import { createHash, randomUUID } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createChunkWriter } from './chunk-writer.ts';
import { ImageFailure } from './failure.ts';
import { createFolder } from './open-file.ts';

/** A complete file that is not stored yet. Whoever receives it discards it. */
export interface ReceivedFile {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

export interface ReceivedFiles {
  /** Writes bytes to a new file. @throws ImageFailure if there are none, or more than `maxBytes`; the system's error */
  receive(chunks: AsyncIterable<Uint8Array>, maxBytes: number): Promise<ReceivedFile>;
  /** Deletes it, unless it was moved. */
  discard(received: ReceivedFile): Promise<void>;
  /** Deletes what a crash left. */
  sweep(): Promise<void>;
}

export function createReceivedFiles(dataDir: string): ReceivedFiles {
  const folder = join(dataDir, 'images', 'partial');
  return {
    receive: async (chunks, maxBytes) => {
      await createFolder(folder);
      const path = join(folder, randomUUID());
      try {
        return { path, ...(await writeFile(path, chunks, maxBytes)) };
      } catch (error) {
        await rm(path, { force: true });
        throw error;
      }
    },
    discard: ({ path }) => rm(path, { force: true }),
    sweep: () => rm(folder, { recursive: true, force: true }),
  };
}

async function writeFile(path: string, chunks: AsyncIterable<Uint8Array>, maxBytes: number) {
  const hash = createHash('sha256');
  let bytes = 0;
  const file = await open(path, 'wx', 0o600);
  const writer = createChunkWriter(file);
  try {
    for await (const chunk of chunks) {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) throw new ImageFailure(`larger than ${maxBytes} bytes`);
      hash.update(chunk);
      await writer.write(chunk);
    }
    if (bytes === 0) throw new ImageFailure('empty');
    await writer.flush();
    await file.sync();
  } finally {
    await file.close();
  }
  return { sha256: hash.digest('hex'), bytes };
}
