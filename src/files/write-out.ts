/** Writes an output file atomically. */
import { createWriteStream } from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { writeAtomically } from '../lib/atomic-file.ts';
import { describeReason } from '../lib/errno.ts';
import { withTemporaryFolder } from '../lib/temporary-folder.ts';
import { BadFile } from './bad-file.ts';
import { resolveOutputTarget } from './output-target.ts';

/** Prompts may be private; an existing file keeps its mode. */
const NEW_FILE_MODE = 0o600;

/**
 * Writes chunks to a file, or to standard output if none is given (or `-`). A name ending in .gz is compressed. A regular
 * file is replaced atomically; a pipe, a device or an open descriptor is written to directly.
 * @throws BadFile if the target can't be written
 */
export async function writeOut(file: string | undefined, chunks: AsyncIterable<string>): Promise<void> {
  if (file === undefined || file === '-') {
    await send(chunks, process.stdout, false);
    return;
  }
  try {
    await writeTo(file, chunks);
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    throw new BadFile(`${file}: could not be written (${describeReason(error)})`, { cause: error });
  }
}

async function writeTo(file: string, chunks: AsyncIterable<string>): Promise<void> {
  const target = await resolveOutputTarget(file);
  const isCompressed = file.endsWith('.gz');
  switch (target.kind) {
    case 'folder':
      throw new BadFile(`${file}: this is a folder; name a file in it`);
    case 'standard output':
      return send(chunks, process.stdout, isCompressed);
    case 'standard error':
      return send(chunks, process.stderr, isCompressed);
    case 'descriptor': // the caller has opened it, and truncated it or not
      return send(chunks, createWriteStream(target.path, { flags: 'a' }), isCompressed);
    case 'special':
      return send(chunks, createWriteStream(target.path), isCompressed);
    case 'file':
      return replaceFile(target.path, target.mode, chunks, isCompressed);
  }
}

async function replaceFile(
  path: string,
  mode: number | undefined,
  chunks: AsyncIterable<string>,
  isCompressed: boolean,
): Promise<void> {
  await withTemporaryFolder(dirname(path), (folder) =>
    writeAtomically(path, join(folder, 'export'), (partial) => {
      const options = { flags: 'wx', mode: (mode ?? NEW_FILE_MODE) & 0o777, flush: true };
      return send(chunks, createWriteStream(partial, options), isCompressed);
    }),
  );
}

async function send(chunks: AsyncIterable<string>, target: Writable, isCompressed: boolean): Promise<void> {
  const end = target !== process.stdout && target !== process.stderr;
  if (isCompressed) await pipeline(Readable.from(chunks), createGzip(), target, { end });
  else await pipeline(Readable.from(chunks), target, { end });
}
