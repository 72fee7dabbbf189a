/** `flux-mirror import`: documents from files into the mirror. */
import { Command } from 'commander';
import { systemClock } from '../clock.ts';
import type { BatchResult, Store } from '../store/contract.ts';
import { MalformedDocument, parseDocument, type TaskDocument } from '../task/document.ts';
import { type DocumentLine, readDocumentLines } from './document-lines.ts';
import { EXIT } from './failure.ts';
import { counted, print, printJson, remark } from './output.ts';
import { startProgress } from './progress.ts';
import { configFor, withSettings } from './settings.ts';
import { withStore } from './with-store.ts';

/** Documents in one transaction. */
const BATCH = 500;
const SHOWN_PROBLEMS = 100;

interface ImportResult extends BatchResult {
  refused: number;
}

export function importCommand(): Command {
  const command = new Command('import')
    .summary('store documents from files')
    .description(
      'Stores task documents from JSON Lines, a JSON array or {"items":[…]}, plain or gzipped. Unfinished ones become tracked. What is stored and finished is never replaced.',
    )
    .argument('<files...>', 'files (- = standard input)')
    .option('--json', 'print the result as JSON');
  return withSettings(command).action(async (files: string[], options: { json?: boolean }) => {
    const result = await withStore(configFor(command), 'writer', (store) => importFiles(store, files));
    if (options.json) {
      printJson({
        new: result.inserted,
        newer: result.updated,
        same: result.unchanged,
        kept: result.kept,
        refused: result.refused,
      });
    } else {
      print(
        `${counted(result.inserted, 'new task')}, ${result.updated} newer, ${result.unchanged} the same, ` +
          `${result.kept} kept as they were, ${counted(result.refused, 'line')} refused`,
      );
    }
    if (result.refused > 0) process.exitCode = EXIT.failed;
  });
}

async function importFiles(store: Store, files: readonly string[]): Promise<ImportResult> {
  const total: ImportResult = { inserted: 0, updated: 0, unchanged: 0, kept: 0, regressions: 0, refused: 0 };
  const progress = startProgress('documents', systemClock);
  let batch: TaskDocument[] = [];
  let seen = 0;
  const flush = async () => {
    if (batch.length === 0) return;
    add(total, await putBatch(store, batch));
    batch = [];
    progress.update(seen, 0);
  };
  try {
    for (const file of files) {
      for await (const line of readDocumentLines(file)) {
        seen += 1;
        const document = parseLine(line);
        if (typeof document === 'string') {
          total.refused += 1;
          if (total.refused <= SHOWN_PROBLEMS) remark(`${file}:${line.line}: ${document}`);
        } else {
          batch.push(document);
          if (batch.length >= BATCH) await flush();
        }
      }
      await flush();
    }
  } finally {
    progress.end();
  }
  if (total.refused > SHOWN_PROBLEMS) remark(`and ${total.refused - SHOWN_PROBLEMS} lines more were refused`);
  return total;
}

/** The document, or why there is none. */
function parseLine(line: DocumentLine): TaskDocument | string {
  if ('problem' in line) return line.problem;
  try {
    return parseDocument(line.text, systemClock.now());
  } catch (error) {
    if (error instanceof MalformedDocument) return error.message;
    throw error;
  }
}

async function putBatch(store: Store, documents: readonly TaskDocument[]): Promise<BatchResult> {
  const now = systemClock.now();
  const requestSeq = await store.nextRequestSeq();
  return store.putBatch({ documents, requestSeq, fetchedAtMs: now, trackPendingAtMs: now });
}

function add(total: BatchResult, result: BatchResult): void {
  total.inserted += result.inserted;
  total.updated += result.updated;
  total.unchanged += result.unchanged;
  total.kept += result.kept;
  total.regressions += result.regressions;
}
