/** Reads files of the archive in the decoding process: regular files only, and no links. */
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { READ_FLAGS } from '../../lib/open-flags.ts';
import { ImageFailure } from '../failure.ts';
import { isNoFile } from '../open-file.ts';
import type { ByteSource } from './completeness.ts';

/** @throws ImageFailure if it is not a file; the system's error */
export function readImageFile(path: string): Buffer {
  return withFile(path, (descriptor) => readFileSync(descriptor));
}

/** @throws as above */
export function withByteSource<T>(path: string, use: (source: ByteSource) => T): T {
  return withFile(path, (descriptor) =>
    use({
      size: fstatSync(descriptor).size,
      read: (offset, length) => {
        const bytes = Buffer.alloc(length);
        return bytes.subarray(0, readSync(descriptor, bytes, 0, length, offset));
      },
    }),
  );
}

export function createByteSource(bytes: Buffer): ByteSource {
  return { size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) };
}

function withFile<T>(path: string, use: (descriptor: number) => T): T {
  const descriptor = openRegularFile(path);
  try {
    if (!fstatSync(descriptor).isFile()) throw new ImageFailure(NO_FILE);
    return use(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

const NO_FILE = 'its file is missing';

function openRegularFile(path: string): number {
  try {
    return openSync(path, READ_FLAGS);
  } catch (cause) {
    throw isNoFile(cause) ? new ImageFailure(NO_FILE, { cause }) : cause;
  }
}
