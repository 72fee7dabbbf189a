/** What an import reads: files, folders of files, standard input. */
import { createReadStream, type Stats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandFailed } from './failure.ts';

export interface ImportSource {
  readonly name: string;
  /** Undefined where nobody knows. */
  readonly bytes: number | undefined;
  read(): AsyncIterable<Uint8Array>;
}

export interface ImportSources {
  readonly sources: readonly ImportSource[];
  /** Files in folders that are no documents by their name. */
  readonly skipped: number;
}

/** What stands in a folder of saved answers. */
const DOCUMENTS = /\.(json|jsonl|ndjson)(\.gz)?$/i;

/**
 * Looks at everything before anything is read, so that a mistyped name costs nothing.
 * @param names of files and folders; `-` is standard input
 * @throws CommandFailed for a name that is not there, and for a folder without documents
 */
export async function findSources(names: readonly string[]): Promise<ImportSources> {
  const sources: ImportSource[] = [];
  let skipped = 0;
  for (const name of names) {
    if (name === '-') {
      sources.push({ name, bytes: undefined, read: () => process.stdin });
      continue;
    }
    const stats = await statOf(name);
    if (!stats.isDirectory()) {
      sources.push(fileSource(name, stats));
      continue;
    }
    const files = await filesBelow(name);
    const documents = files.filter((file) => DOCUMENTS.test(file));
    if (documents.length === 0) {
      throw new CommandFailed(
        `${name}: there is no .json, .jsonl or .ndjson file in this folder; nothing was imported`,
      );
    }
    skipped += files.length - documents.length;
    for (const file of documents) sources.push(fileSource(file, await statOf(file)));
  }
  return { sources, skipped };
}

function fileSource(name: string, stats: Stats): ImportSource {
  return { name, bytes: stats.isFile() ? stats.size : undefined, read: () => createReadStream(name) };
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

async function statOf(name: string): Promise<Stats> {
  try {
    return await stat(name);
  } catch (cause) {
    throw new CommandFailed(
      `${name}: there is no such file or folder that can be read; nothing was imported`,
      undefined,
      {
        cause,
      },
    );
  }
}
