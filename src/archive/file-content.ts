/** Bytes of an open file of the archive. */
import type { Stats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import type { ByteRange, ImageContent } from './image-storage.ts';
import type { OpenFile } from './open-file.ts';

/** @returns its bytes; reading or closing them closes the file */
export function createFileContent({ handle, stats }: OpenFile, range: ByteRange): ImageContent {
  return {
    bytes: range.end - range.start + 1,
    version: describeVersion(stats),
    read: async () => {
      try {
        return await readRange(handle, range);
      } finally {
        await handle.close();
      }
    },
    stream: (options) => handle.createReadStream({ ...range, ...options }),
    close: () => handle.close(),
  };
}

/** Differs when a file has been replaced or written to. */
export function describeVersion({ dev, ino, size, mtimeMs, ctimeMs }: Stats): string {
  return [dev, ino, size, mtimeMs, ctimeMs].join(' ');
}

/** @throws Error if the file has become shorter */
async function readRange(handle: FileHandle, { start, end }: ByteRange): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(end - start + 1);
  const { bytesRead } = await handle.read(bytes, 0, bytes.length, start);
  if (bytesRead < bytes.length) throw new Error('an archived file has become shorter while it was read');
  return bytes;
}
