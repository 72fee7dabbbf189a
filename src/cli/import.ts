/** `flux-mirror import`: stores documents from files, and the marks and collections that an export has written. */
import { randomUUID } from 'node:crypto';
import { Command } from 'commander';
import { runWithStore } from '../app/with-store.ts';
import { type DocumentLine, readDocumentLines } from '../files/document-lines.ts';
import { findInputFiles, type InputFile } from '../files/input-files.ts';
import { systemClock } from '../lib/clock.ts';
import { describeReason } from '../lib/errno.ts';
import { addResult, createEmptyResult } from '../store/contract/batch-result.ts';
import { MAX_COLLECTIONS } from '../store/contract/collections.ts';
import type { MarksImport } from '../store/contract/marks.ts';
import type { Store } from '../store/contract/store.ts';
import type { BatchResult, StoredBatch } from '../store/contract/tasks.ts';
import type { TaskDocument } from '../task/document.ts';
import { EXIT } from './failure.ts';
import { type MarksSpool, withMarksSpool } from './marks-spool.ts';
import { formatCount, pluralize, print, printJson, printNote } from './output.ts';
import { parseImportedLine } from './parse-imported-line.ts';
import { startProgress } from './progress.ts';
import { addSettings, readConfig } from './settings.ts';

/** Documents per transaction. */
const BATCH_SIZE = 500;
const MAX_SHOWN_PROBLEMS = 20;
const TOO_MANY_COLLECTIONS = `a mirror has at most ${MAX_COLLECTIONS} collections`;

interface ImportResult {
  readonly stored: BatchResult;
  readonly marks: MarksImport;
  readonly collections: { changed: number; kept: number };
  /** Number of refused lines by reason. */
  readonly reasons: Map<string, number>;
  readonly seconds: number;
}

export function createImportCommand(): Command {
  const command = new Command('import')
    .summary('store documents from files')
    .description(
      'Stores task documents from JSON values one after another (on lines, or not), JSON arrays or {"items":[…]}, plain or gzipped, and from folders of such files. Unfinished ones become tracked. What is stored and finished is never replaced. Marks and collections that an export has written are stored if they are newer.',
    )
    .argument('<files...>', 'files or folders (- = standard input)')
    .option('--json', 'print the result as JSON');
  return addSettings(command).action(async (names: string[], options: { json?: boolean }) => {
    const config = readConfig(command);
    const { files, skipped } = await findInputFiles(names);
    const result = await runWithStore(config, 'writer', (store) =>
      withMarksSpool(config.dataDir, (spool) => importAll(store, files, spool)),
    );
    for (const [reason, count] of skipped)
      printNote(`${pluralize(count, 'file')} in folders skipped: ${reason}`);
    const refused = [...result.reasons.values()].reduce((sum, count) => sum + count, 0);
    const { inserted, updated, unchanged, kept } = result.stored;
    const documents = inserted + updated + unchanged + kept;
    if (options.json) {
      const reasons = Object.fromEntries(result.reasons);
      const skippedFiles = [...skipped.values()].reduce((sum, count) => sum + count, 0);
      printJson({
        ...{ new: inserted, newer: updated, same: unchanged, kept, refused, reasons },
        skipped: skippedFiles,
        marks: result.marks,
        collections: result.collections,
      });
    } else {
      const rate = formatCount(Math.round(documents / Math.max(result.seconds, 0.001)));
      print(
        `${pluralize(inserted, 'new task')}, ${formatCount(updated)} newer, ${formatCount(unchanged)} the same, ${formatCount(kept)} kept as they were, ` +
          `${pluralize(refused, 'line')} refused (${rate} documents a second)${describeMarks(result.marks)}${describeCollections(result.collections)}`,
      );
      for (const [reason, count] of result.reasons) printNote(`refused ${formatCount(count)} ×: ${reason}`);
    }
    const { unknown } = result.marks;
    if (unknown > 0)
      printNote(
        `the marks of ${pluralize(unknown, 'task')} were not stored: import their documents with them`,
      );
    if (refused > 0) process.exitCode = EXIT.failed;
  });
}

/** Nothing if no marks were read. */
function describeMarks({ changed, kept, unknown }: MarksImport): string {
  if (changed + kept + unknown === 0) return '';
  return `; marks of ${pluralize(changed, 'task')} changed, ${formatCount(kept)} kept as they were, ${formatCount(unknown)} of unknown tasks`;
}

/** Nothing if no collections were read. */
function describeCollections({ changed, kept }: ImportResult['collections']): string {
  if (changed + kept === 0) return '';
  return `; ${pluralize(changed, 'collection')} changed, ${formatCount(kept)} kept as they were`;
}

async function importAll(
  store: Store,
  files: readonly InputFile[],
  spool: MarksSpool,
): Promise<ImportResult> {
  const stored = createEmptyResult();
  const collections = { changed: 0, kept: 0 };
  const reasons = new Map<string, number>();
  const started = systemClock.monotonic();
  const progress = await startProgress('documents', systemClock);
  const allBytes = files.reduce((sum, { bytes }) => sum + (bytes ?? Number.NaN), 0);
  let readBytes = 0;
  let seen = 0;
  let problems = 0;
  let batch: TaskDocument[] = [];

  const refuse = (reason: string, where: string) => {
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    problems += 1;
    if (problems <= MAX_SHOWN_PROBLEMS) printNote(`${where}: ${reason}`);
  };
  const flush = async () => {
    if (batch.length > 0) {
      const result = await storeBatch(store, batch);
      addResult(stored, result);
      for (const { id } of result.unusable ?? []) refuse('can not be stored', id);
    }
    batch = [];
    // The total is estimated from the bytes that are left.
    progress.update(seen, readBytes > 0 && allBytes > 0 ? Math.round((seen * allBytes) / readBytes) : 0);
  };
  async function* countBytes(chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      readBytes += chunk.length;
      yield chunk;
    }
  }
  try {
    for (const file of files) {
      for await (const line of readLines(file, countBytes)) {
        seen += 1;
        const parsed = parseImportedLine(line, systemClock.now());
        if (typeof parsed === 'string') refuse(parsed, `${file.name}:${line.line}`);
        else if ('marks' in parsed) await spool.add(parsed.marks);
        else if ('collection' in parsed) {
          const outcome = await store.importCollection(randomUUID(), parsed.collection);
          if (outcome === 'refused') refuse(TOO_MANY_COLLECTIONS, `${file.name}:${line.line}`);
          else collections[outcome] += 1;
        } else {
          batch.push(parsed.document);
          if (batch.length >= BATCH_SIZE) await flush();
        }
      }
      await flush();
    }
  } finally {
    progress.end();
  }
  const seconds = (systemClock.monotonic() - started) / 1000;
  return { stored, marks: await spool.storeAll(store), collections, reasons, seconds };
}

/** The lines of a file, up to where it can't be read. */
async function* readLines(
  file: InputFile,
  count: (chunks: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>,
): AsyncGenerator<DocumentLine> {
  let line = 1;
  try {
    for await (const found of readDocumentLines(count(file.read()))) {
      line = found.line;
      yield found;
    }
  } catch (error) {
    if (!isFileError(error)) throw error;
    yield { line, problem: `can't be read from here on: ${describeReason(error)}` };
  }
}

/** Whether the operating system refused to open or read a file; errors of the store have no `syscall`. */
function isFileError(error: unknown): boolean {
  return (
    error instanceof Error && 'syscall' in error && (error.syscall === 'open' || error.syscall === 'read')
  );
}

async function storeBatch(store: Store, documents: readonly TaskDocument[]): Promise<StoredBatch> {
  const now = systemClock.now();
  const requestSeq = await store.nextRequestSeq();
  return store.storeDocuments({ documents, requestSeq, fetchedAtMs: now, trackPendingAtMs: now });
}
