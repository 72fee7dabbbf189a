/** Spool for ids of paid generations that the database could not store: a file that is imported once it can. */

import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import PQueue from 'p-queue';
import * as z from 'zod';
import { writeAtomically } from '../lib/atomic-file.ts';
import { hasErrorCode } from '../lib/errno.ts';
import { APPEND_FLAGS, READ_FLAGS } from '../lib/open-flags.ts';
import { tryParseJson } from '../lib/parse-json.ts';
import type { TaskKind } from '../task/artifacts.ts';
import type { TaskId } from '../task/id.ts';

const entrySchema = z.object({
  id: z.string(),
  kind: z.enum(['images', 'videos']).default('images'),
  request: z.string(),
  at_ms: z.number(),
});

export interface SpoolEntry {
  readonly id: TaskId;
  /** Given by its route. */
  readonly kind: TaskKind;
  /** The body of the generation request. */
  readonly request: string;
  readonly atMs: number;
}

/** Thrown for an entry that can never be imported: it is set aside, and the others are imported. */
export class UnusableEntry extends Error {
  override readonly name = 'UnusableEntry';
}

export interface Spool {
  /** Whether there is nothing to import, as far as this process knows. */
  readonly isEmpty: boolean;
  /** @throws an error if a link is in its place, or that of the system */
  add(entry: SpoolEntry): Promise<void>;
  /**
   * Passes every entry to `take`; they are removed only after all succeeded, so an entry may be seen twice. Those that are added meanwhile
   * stay. Lines that can't be read, and entries for which `take` throws an UnusableEntry, are moved to another file.
   * @returns the number of entries, and the file with the lines that were set aside if there were any
   * @throws any other error of `take`; then the file is kept
   */
  drain(take: (entry: SpoolEntry) => Promise<void>): Promise<{ taken: number; setAside: string | undefined }>;
}

/** The directory is this process's alone. */
export function createSpool(dataDir: string): Spool {
  const file = join(dataDir, 'spool.jsonl');
  const unreadableFile = join(dataDir, 'spool.unreadable.jsonl');
  const queue = new PQueue({ concurrency: 1 });
  let isEmpty = false;
  const append = (path: string, text: string) =>
    appendFile(path, text, { mode: 0o600, flag: APPEND_FLAGS, flush: true }).catch((error: unknown) =>
      explainFailure(error, path),
    );
  /** Keeps what was added after the first bytes were read. */
  const removeStart = async (bytes: number): Promise<void> => {
    const rest = (await readIfExists(file)).subarray(bytes);
    isEmpty = rest.byteLength === 0;
    if (isEmpty) await rm(file, { force: true });
    else
      await writeAtomically(file, `${file}.partial`, (partial) =>
        writeFile(partial, rest, { mode: 0o600, flush: true }),
      );
  };
  return {
    get isEmpty() {
      return isEmpty;
    },
    // The leading newline separates it from an incomplete line left by a full disk.
    add: ({ id, kind, request, atMs }) =>
      queue.add(() => {
        isEmpty = false;
        return append(file, `\n${JSON.stringify({ id, kind, request, at_ms: atMs })}\n`);
      }),
    drain: async (take) => {
      const read = await queue.add(() => readIfExists(file));
      const lines = read
        .toString()
        .split('\n')
        .filter((line) => line.trim() !== '');
      const bad: string[] = [];
      for (const line of lines) {
        const entry = readEntry(line);
        const isTaken = entry !== undefined && (await isUsable(take(entry)));
        if (!isTaken) bad.push(line);
      }
      if (bad.length > 0) await append(unreadableFile, `${bad.join('\n')}\n`);
      await queue.add(() => removeStart(read.byteLength));
      return { taken: lines.length - bad.length, setAside: bad.length > 0 ? unreadableFile : undefined };
    },
  };
}

/** Undefined for a line truncated by a full disk; its id is in the log. */
function readEntry(line: string): SpoolEntry | undefined {
  const { data } = entrySchema.safeParse(tryParseJson(line));
  return data && { id: data.id as TaskId, kind: data.kind, request: data.request, atMs: data.at_ms };
}

async function readIfExists(file: string): Promise<Buffer> {
  try {
    return await readFile(file, { flag: READ_FLAGS });
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return Buffer.alloc(0);
    return explainFailure(error, file);
  }
}

/** Some systems have a code of their own for a link that is not followed. @throws the error, in words if it is about a link */
function explainFailure(error: unknown, file: string): never {
  if (!hasErrorCode(error, 'ELOOP', 'EMLINK')) throw error;
  throw new Error(`${file} is a link, which is not followed`, { cause: error });
}

async function isUsable(taking: Promise<void>): Promise<boolean> {
  try {
    await taking;
    return true;
  } catch (error) {
    if (error instanceof UnusableEntry) return false;
    throw error;
  }
}
