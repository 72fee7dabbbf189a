/**
 * Writes small chunks a mebibyte at a time: a download arrives in pieces of 64 KiB, and writing each by itself took up to a third of
 * the time of this process while it archived.
 */
import type { FileHandle } from 'node:fs/promises';

export interface ChunkWriter {
  /** @throws the system's error */
  write(chunk: Uint8Array): Promise<void>;
  /** Writes what is left. @throws as above */
  flush(): Promise<void>;
}

const FLUSH_BYTES = 1024 ** 2;

export function createChunkWriter(file: FileHandle): ChunkWriter {
  let chunks: Uint8Array[] = [];
  let bytes = 0;

  const flush = async () => {
    const waiting = chunks;
    [chunks, bytes] = [[], 0];
    await file.writeFile(Buffer.concat(waiting));
  };

  return {
    write: async (chunk) => {
      chunks.push(chunk);
      bytes += chunk.byteLength;
      if (bytes >= FLUSH_BYTES) await flush();
    },
    flush,
  };
}
