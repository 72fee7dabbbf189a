/** Where the ids of paid generations go while the database can't take them: a file that the next start reads. */
import { appendFile, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { TaskId } from '../task/id.ts';

const entrySchema = z.object({ id: z.string(), request: z.string(), at_ms: z.number() });

export interface SpoolEntry {
  readonly id: TaskId;
  /** The body of the generation request. */
  readonly request: string;
  readonly atMs: number;
}

export interface Spool {
  add(entry: SpoolEntry): Promise<void>;
  /** Hands every entry to `take`; the file goes only after all were taken, so an entry may come twice. */
  drain(take: (entry: SpoolEntry) => Promise<void>): Promise<number>;
}

export function createSpool(dataDir: string): Spool {
  const file = join(dataDir, 'spool.jsonl');
  return {
    add: ({ id, request, atMs }) =>
      appendFile(file, `${JSON.stringify({ id, request, at_ms: atMs })}\n`, { mode: 0o600, flush: true }),
    drain: async (take) => {
      const entries = (await readIfThere(file))
        .split('\n')
        .map(readEntry)
        .filter((entry) => entry !== undefined);
      for (const entry of entries) await take(entry);
      await rm(file, { force: true });
      return entries.length;
    },
  };
}

/** A line that a full disk cut off is no entry; its id is in the log. */
function readEntry(line: string): SpoolEntry | undefined {
  try {
    const { id, request, at_ms } = entrySchema.parse(JSON.parse(line));
    return { id: id as TaskId, request, atMs: at_ms };
  } catch {
    return undefined;
  }
}

async function readIfThere(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}
