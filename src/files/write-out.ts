/** Writes an output file atomically. */
import { createWriteStream, type Stats } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { writeAtomically } from '../lib/atomic-file.ts';
import { getErrorCode, hasErrorCode } from '../lib/errno.ts';
import { BadFile } from './bad-file.ts';

/** Prompts may be private; an existing file keeps its mode. */
const NEW_FILE_MODE = 0o600;

/**
 * Writes chunks to a file, or to standard output if none is given (or `-`). A name ending in .gz is compressed. A regular
 * file is replaced atomically; a pipe or a device is written to directly.
 * @throws BadFile if the target can't be written
 */
export async function writeOut(file: string | undefined, chunks: AsyncIterable<string>): Promise<void> {
  if (file === undefined || file === '-') {
    await pipeline(Readable.from(chunks), process.stdout, { end: false });
    return;
  }
  const existing = await statFile(file);
  if (existing?.isDirectory()) throw new BadFile(`${file}: this is a folder; name a file in it`);
  try {
    if (existing && !existing.isFile()) await send(chunks, createWriteStream(file), file);
    else await replaceFile(existing ? await realpath(file) : file, chunks, file, existing?.mode);
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    const code = getErrorCode(error) ?? error.message;
    throw new BadFile(`${file}: could not be written (${code})`, { cause: error });
  }
}

async function replaceFile(
  path: string,
  chunks: AsyncIterable<string>,
  name: string,
  mode: number | undefined,
): Promise<void> {
  await writeAtomically(path, `${path}.partial`, (partial) =>
    send(chunks, createWriteStream(partial, { mode: (mode ?? NEW_FILE_MODE) & 0o777, flush: true }), name),
  );
}

async function send(chunks: AsyncIterable<string>, target: Writable, name: string): Promise<void> {
  if (name.endsWith('.gz')) await pipeline(Readable.from(chunks), createGzip(), target);
  else await pipeline(Readable.from(chunks), target);
}

async function statFile(file: string): Promise<Stats | undefined> {
  try {
    return await stat(file);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
