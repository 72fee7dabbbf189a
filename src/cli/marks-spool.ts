/** Marks that an import has read: they wait until all documents of the run are stored, in whatever order files name them. */
import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readDocumentLines } from '../files/document-lines.ts';
import { formatMarksLine, isMarksLine, readMarksLine } from '../files/marks-line.ts';
import { createTemporaryFolder } from '../lib/temporary-folder.ts';
import type { ArchivedMarks, MarksImport } from '../store/contract/marks.ts';
import type { Store } from '../store/contract/store.ts';

export interface MarksSpool {
  add(marks: ArchivedMarks): Promise<void>;
  /** Stores all of them. Once. */
  storeAll(store: Pick<Store, 'importMarks'>): Promise<MarksImport>;
}

/** Per transaction, and in memory. */
const BATCH_SIZE = 500;

/** Runs `work` with a spool: what does not fit in memory is in a file below a folder, which is removed afterwards. */
export async function withMarksSpool<T>(parent: string, work: (spool: MarksSpool) => Promise<T>): Promise<T> {
  let folder: string | undefined;
  let file: FileHandle | undefined;
  try {
    return await work(
      createSpool(async () => {
        folder ??= await createTemporaryFolder(parent);
        // Kept open: sweeping abandoned folders does not take it away.
        file ??= await open(join(folder, 'marks'), 'wx+', 0o600);
        return file;
      }),
    );
  } finally {
    await file?.close();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }
}

function createSpool(openFile: () => Promise<FileHandle>): MarksSpool {
  let waiting: ArchivedMarks[] = [];
  let file: FileHandle | undefined;
  return {
    add: async (marks) => {
      waiting.push(marks);
      if (waiting.length < BATCH_SIZE) return;
      file = await openFile();
      await file.appendFile(waiting.map(formatMarksLine).join(''));
      waiting = [];
    },
    storeAll: async (store) => {
      const result = { changed: 0, kept: 0, unknown: 0 };
      const storeBatch = async (marks: readonly ArchivedMarks[]) => {
        const { changed, kept, unknown } = await store.importMarks(marks);
        result.changed += changed;
        result.kept += kept;
        result.unknown += unknown;
      };
      if (file) for await (const batch of readBatches(file)) await storeBatch(batch);
      if (waiting.length > 0) await storeBatch(waiting);
      waiting = [];
      return result;
    },
  };
}

async function* readBatches(file: FileHandle): AsyncGenerator<ArchivedMarks[]> {
  let batch: ArchivedMarks[] = [];
  for await (const line of readDocumentLines(file.createReadStream({ start: 0, autoClose: false }))) {
    if ('problem' in line || !isMarksLine(line.value)) throw new Error('the spool of marks is damaged');
    batch.push(readMarksLine(line.value, Number.POSITIVE_INFINITY)); // their times have been read already
    if (batch.length < BATCH_SIZE) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
