/** Finds the inputs of an import: files, folders of files, standard input. */
import { createReadStream, type Dirent, type Stats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describeReason } from '../lib/errno.ts';
import { BadFile } from './bad-file.ts';

export interface InputFile {
  readonly name: string;
  /** Undefined if unknown (pipes, standard input). */
  readonly bytes: number | undefined;
  read(): AsyncIterable<Uint8Array>;
}

export interface InputFiles {
  readonly files: readonly InputFile[];
  /** Number of entries of folders that are not imported, by reason. */
  readonly skipped: ReadonlyMap<string, number>;
}

/** Files in a folder that are imported. */
const DOCUMENT_NAME = /\.(json|jsonl|ndjson)(\.gz)?$/i;
const OTHER_NAME = 'neither .json, .jsonl nor .ndjson';

/**
 * Checks all names before anything is read, so that a typo costs nothing.
 * @param names files and folders; `-` is standard input
 * @throws BadFile for a name that does not exist, or a folder without documents
 */
export async function findInputFiles(names: readonly string[]): Promise<InputFiles> {
  const files: InputFile[] = [];
  const skipped = new Map<string, number>();
  for (const name of names) {
    if (name === '-') {
      files.push({ name, bytes: undefined, read: () => process.stdin });
      continue;
    }
    const stats = await statFile(name);
    if (!stats.isDirectory()) {
      files.push(createInputFile(name, stats));
      continue;
    }
    let documents = 0;
    for await (const entry of listBelow(name)) {
      if ('reason' in entry) {
        skipped.set(entry.reason, (skipped.get(entry.reason) ?? 0) + 1);
        continue;
      }
      files.push(entry);
      documents += 1;
    }
    if (documents === 0) {
      throw new BadFile(`${name}: no .json, .jsonl or .ndjson file in this folder; nothing was imported`);
    }
  }
  return { files, skipped };
}

function createInputFile(name: string, stats: Stats): InputFile {
  return { name, bytes: stats.isFile() ? stats.size : undefined, read: () => createReadStream(name) };
}

type Entry = InputFile | { readonly reason: string };

/** All files of a folder and those in it, sorted. Links to folders are not followed, so that a loop can't matter. */
async function* listBelow(folder: string): AsyncGenerator<Entry> {
  for (const entry of await listFolder(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* listBelow(path);
    else yield await readEntry(path, entry);
  }
}

async function readEntry(path: string, entry: Dirent): Promise<Entry> {
  // Reading a pipe or a device might never end.
  if (!entry.isFile() && !entry.isSymbolicLink()) return { reason: 'a pipe, socket or device' };
  const stats = await stat(path).catch(() => undefined);
  if (stats?.isDirectory()) return { reason: 'a link to a folder; name that folder to import it' };
  if (!DOCUMENT_NAME.test(entry.name)) return { reason: OTHER_NAME };
  if (!stats) return { reason: 'a link to nothing' };
  return stats.isFile() ? createInputFile(path, stats) : { reason: 'a pipe, socket or device' };
}

async function listFolder(folder: string): Promise<Dirent[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (cause) {
    throw new BadFile(`${folder}: ${describeReason(cause)}; nothing was imported`, { cause });
  }
}

async function statFile(name: string): Promise<Stats> {
  try {
    return await stat(name);
  } catch (cause) {
    throw new BadFile(`${name}: no such file or folder, or it can't be read; nothing was imported`, {
      cause,
    });
  }
}
