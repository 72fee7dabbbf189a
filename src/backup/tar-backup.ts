/** A whole mirror in one tar file: a backup of the database as `mirror.db`, and the archived images and videos below `images/`. */
import { once } from 'node:events';
import { createReadStream, createWriteStream, type Stats } from 'node:fs';
import { access, mkdir, open, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { create, Parser, type ReadEntry, replace } from 'tar';
import type { ImageFiles } from '../archive/files.ts';
import { parseImageKey } from '../archive/image-storage.ts';
import { moveToFreeName } from '../lib/atomic-file.ts';
import { hasErrorCode } from '../lib/errno.ts';
import { OperatorError } from '../lib/operator-error.ts';
import { createTemporaryFolder, withTemporaryFolder } from '../lib/temporary-folder.ts';
import type { Restored, StoreMaintenance } from '../store/contract/maintenance.ts';

const DATABASE_ENTRY = 'mirror.db';

export interface TarBackup {
  readonly file: string;
  readonly bytes: number;
  readonly tasks: number;
  readonly images: number;
}

export interface RestoredTar extends Restored {
  /** Images and videos written to the data directory. */
  readonly images: number;
  /** Names of entries that were left out: other files, or bytes that don't match the hash in their name. */
  readonly leftOut: readonly string[];
}

interface RestoreDeps extends TarBackupDeps {
  /** Where the images go. */
  readonly files: ImageFiles;
}

interface TarBackupDeps {
  readonly dataDir: string;
  readonly maintenance: Pick<StoreMaintenance, 'backUp' | 'restore'>;
  /** Called after each image. @param done images so far */
  readonly onImage: (done: number) => void;
}

/**
 * Backs up the database, then the images: files that were added in between do no harm. Safe beside a running server.
 * @param target a file that must not exist yet
 * @throws OperatorError if it exists, or if the copy of the database is damaged
 */
export async function backUpWithImages(
  { dataDir, maintenance, onImage }: TarBackupDeps,
  target: string,
): Promise<TarBackup> {
  const file = resolve(target);
  const nameTaken = new OperatorError(`${file} is there already; a backup never overwrites anything`);
  if (await exists(file)) throw nameTaken;
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  return withTemporaryFolder(dirname(file), async (folder) => {
    const { tasks } = await maintenance.backUp(join(folder, DATABASE_ENTRY));
    const partial = join(folder, 'backup.tar');
    await create({ file: partial, cwd: folder, mode: 0o600, portable: true }, [DATABASE_ENTRY]);
    let images = 0;
    if (await exists(join(dataDir, 'images'))) {
      const isIncluded = (path: string, stats: Stats | ReadEntry) => {
        if ('isDirectory' in stats && stats.isDirectory()) return !path.endsWith('/partial');
        const isImage = 'isFile' in stats && stats.isFile() && parseImageKey(path) !== undefined;
        if (isImage) onImage(++images);
        return isImage;
      };
      await replace({ file: partial, cwd: dataDir, portable: true, filter: isIncluded }, ['images']);
    }
    await syncToDisk(partial);
    if (!(await moveToFreeName(partial, file))) throw nameTaken;
    await syncToDisk(dirname(file));
    return { file, bytes: (await stat(file)).size, tasks, images };
  });
}

/**
 * Restores the database first, with all its checks, then the images; the bytes of each must match the hash in its name.
 * @throws OperatorError if the file is no such backup, damaged or cut off, or whatever `restore` throws; then nothing was changed
 */
export async function restoreWithImages(
  { dataDir, files, maintenance, onImage }: RestoreDeps,
  source: string,
  nowMs: number,
): Promise<RestoredTar> {
  // All of it is read once before anything is changed: a copy that was interrupted looks whole at its beginning.
  await forEachFile(source, async (entry) => {
    entry.resume();
  });
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const folder = await createTemporaryFolder(dataDir);
  let restored: Restored | undefined;
  let images = 0;
  const leftOut: string[] = [];

  const restoreDatabase = async (entry: ReadEntry) => {
    if (entry.path !== DATABASE_ENTRY)
      throw new OperatorError(`${source} does not begin with ${DATABASE_ENTRY}: it is no backup of a mirror`);
    const copy = join(folder, DATABASE_ENTRY);
    await pipeline(entry, createWriteStream(copy, { flags: 'wx', mode: 0o600 }));
    return maintenance.restore(copy, nowMs);
  };
  const restoreImage = async (entry: ReadEntry) => {
    const image = parseImageKey(entry.path);
    if (image === undefined || entry.type !== 'File') {
      leftOut.push(entry.path);
      entry.resume();
      return;
    }
    const received = await files.receive(entry, Number.POSITIVE_INFINITY);
    try {
      if (received.sha256 !== image.sha256) {
        leftOut.push(entry.path);
        return;
      }
      await files.store(received, image);
      onImage(++images);
    } finally {
      await files.discard(received);
    }
  };

  try {
    await forEachFile(source, async (entry) => {
      if (restored === undefined) restored = await restoreDatabase(entry);
      else await restoreImage(entry);
    });
    if (restored === undefined) throw new OperatorError(`${source} is empty: it is no backup of a mirror`);
    return { ...restored, images, leftOut };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Whether a file is a tar file, by the magic bytes of POSIX (ustar) and GNU. */
export async function isTarFile(path: string): Promise<boolean> {
  return (await readBytes(path, 257, 5)).toString('latin1') === 'ustar';
}

/** Whether a file is gzipped (RFC 1952, section 2.3.1). */
export async function isGzipped(path: string): Promise<boolean> {
  return (await readBytes(path, 0, 2)).equals(Buffer.from([0x1f, 0x8b]));
}

/** Fewer at the end of the file. */
async function readBytes(path: string, offset: number, length: number): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Calls `handle` for every entry but folders, one at a time. @throws OperatorError if the file is cut off or damaged; whatever `handle` throws */
async function forEachFile(source: string, handle: (entry: ReadEntry) => Promise<void>): Promise<void> {
  let handled = Promise.resolve();
  let failure: { readonly error: unknown } | undefined;
  const fail = (error: unknown) => {
    failure ??= { error };
  };
  const parser = new Parser({
    strict: true,
    onReadEntry: (entry) => {
      handled = handled
        .then(() => {
          if (failure === undefined && entry.type !== 'Directory') return handle(entry);
          entry.resume();
          return undefined;
        })
        .catch((error: unknown) => {
          if (isTarError(error)) failAsDamaged(error);
          else fail(error);
          entry.resume();
        });
    },
  });
  const failAsDamaged = ({ message: reason }: { readonly message: string }) =>
    fail(
      new OperatorError(
        `${source} is damaged (${reason}), and nothing was restored; "tar -xf" may still find mirror.db in it, which restore takes alone`,
      ),
    );
  let isComplete = false;
  parser.on('eof', () => {
    isComplete = true;
  });
  parser.on('error', failAsDamaged);
  for await (const chunk of createReadStream(source)) {
    if (failure !== undefined) break;
    if (!parser.write(chunk as Buffer)) await once(parser, 'drain');
  }
  if (failure === undefined) {
    const closed = once(parser, 'close').catch(failAsDamaged); // an error comes instead
    parser.end();
    await closed;
    if (!isComplete) failAsDamaged({ message: 'it is cut off' });
  }
  await handled;
  if (failure !== undefined) throw (failure as { error: unknown }).error;
}

function isTarError(error: unknown): error is Error {
  return error instanceof Error && 'tarCode' in error;
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return false;
    throw error;
  }
}

async function syncToDisk(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
