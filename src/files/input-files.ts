/** Finds the inputs of an import: files, folders of files, standard input. */
import { createReadStream, type Stats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { BadFile } from './bad-file.ts';

export interface InputFile {
  readonly name: string;
  /** Undefined if unknown (pipes, standard input). */
  readonly bytes: number | undefined;
  read(): AsyncIterable<Uint8Array>;
}

export interface InputFiles {
  readonly files: readonly InputFile[];
  /** Number of files in folders whose names don't look like documents. */
  readonly skipped: number;
}

/** Files in a folder that are imported. */
const DOCUMENT_NAME = /\.(json|jsonl|ndjson)(\.gz)?$/i;

/**
 * Checks all names before anything is read, so that a typo costs nothing.
 * @param names files and folders; `-` is standard input
 * @throws BadFile for a name that does not exist, or a folder without documents
 */
export async function findInputFiles(names: readonly string[]): Promise<InputFiles> {
  const files: InputFile[] = [];
  let skipped = 0;
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
    const below = await listFilesBelow(name);
    const documents = below.filter((file) => DOCUMENT_NAME.test(file));
    if (documents.length === 0) {
      throw new BadFile(`${name}: no .json, .jsonl or .ndjson file in this folder; nothing was imported`);
    }
    skipped += below.length - documents.length;
    for (const file of documents) files.push(createInputFile(file, await statFile(file)));
  }
  return { files, skipped };
}

function createInputFile(name: string, stats: Stats): InputFile {
  return { name, bytes: stats.isFile() ? stats.size : undefined, read: () => createReadStream(name) };
}

async function listFilesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
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
