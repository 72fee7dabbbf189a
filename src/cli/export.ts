/** `flux-mirror export`: writes documents, oldest first, as JSON Lines or CSV, with their marks and the collections beside them. */
import { Command, Option } from 'commander';
import { openImageFiles } from '../app/open-image-files.ts';
import { runWithStore } from '../app/with-store.ts';
import type { ImageFiles } from '../archive/files.ts';
import { formatCollectionLine } from '../files/collections-line.ts';
import { formatCsvHeader, formatCsvLines } from '../files/csv.ts';
import { formatDocumentLine } from '../files/format-line.ts';
import { formatMarksLine } from '../files/marks-line.ts';
import { writeOut } from '../files/write-out.ts';
import { cleanLines } from '../lib/clean-text.ts';
import { systemClock } from '../lib/clock.ts';
import { readMarksById } from '../store/contract/marks-by-id.ts';
import type { Store } from '../store/contract/store.ts';
import type { StoredTask } from '../store/contract/tasks.ts';
import { streamCollections } from './export-collections.ts';
import { streamMarks } from './export-marks.ts';
import { pluralize, printNote } from './output.ts';
import { startProgress } from './progress.ts';
import {
  addQueryOptions,
  hasQueryOptions,
  type QueryOptions,
  type QueryReading,
  readQuery,
  streamMatchingPages,
} from './query-options.ts';
import { addSettings, readConfig } from './settings.ts';
import { findSideFile, type SideFile, writeSideFile } from './side-file.ts';

type Format = 'jsonl' | 'csv';

interface ExportOptions extends QueryOptions {
  query?: string;
  format?: Format;
  /** False: --no-marks. */
  marks?: string | false;
  /** False: --no-collections. */
  collections?: string | false;
}

export function createExportCommand(): Command {
  const command = addQueryOptions(
    new Command('export')
      .summary('write documents')
      .description(
        'Writes stored documents, oldest first, one per line and byte for byte; to standard output when no file is named. A name that ends in .csv gives CSV, one that ends in .gz is compressed. Marks, such as stars and tags, go to a file of their own, tasks.marks.jsonl beside tasks.jsonl; CSV has columns for them. Collections go to tasks.collections.jsonl, if all documents are exported.',
      )
      .argument('[file]', 'file to write (- = standard output)')
      .option('--query <query>', 'only what a search for this finds; the grammar of `search`')
      .addOption(new Option('--format <format>', 'what the name says, else jsonl').choices(['jsonl', 'csv']))
      .option('--marks <file>', 'where the marks go (- = standard output)')
      .option('--no-marks', 'leave the marks out')
      .option('--collections <file>', 'where the collections go, all of them (- = standard output)')
      .option('--no-collections', 'leave the collections out'),
  );
  return addSettings(command).action(async (file: string | undefined, options: ExportOptions) => {
    const format = options.format ?? (/\.csv(\.gz)?$/i.test(file ?? '') ? 'csv' : 'jsonl');
    const reading = readQuery(options.query ?? '', options);
    const question = options.query === undefined && !hasQueryOptions(options) ? undefined : reading;
    const marksFile =
      format === 'csv' && !options.marks ? undefined : await findSideFile('marks', file, options.marks);
    const hasOwnFile = format === 'jsonl' && question === undefined;
    const collectionsFile =
      hasOwnFile || options.collections
        ? await findSideFile('collections', file, options.collections, marksFile)
        : undefined;
    const config = readConfig(command);
    const files = await openImageFiles(config);
    await runWithStore(config, 'reader', async (store) => {
      const hasMarks = options.marks !== false;
      const count = await exportTo({ store, files }, { file, format, question, hasMarks });
      printNote(`${pluralize(count, 'document')} written${describePlace(file)}`);
      if (marksFile) await exportMarks(store, marksFile, question);
      else if (hasMarks && format === 'jsonl') await noteMarks(store, question);
      if (collectionsFile) await exportCollections(store, collectionsFile);
      else if (options.collections !== false && hasOwnFile) await noteCollections(store);
    });
  });
}

function describePlace(file: string | undefined): string {
  return file === undefined || file === '-' ? '' : ` to ${file}`;
}

async function exportMarks(store: Store, file: SideFile, question: QueryReading | undefined): Promise<void> {
  const count = await writeSideFile(streamMarks(store, question), file, formatMarksLine);
  if (count !== undefined)
    printNote(`marks of ${pluralize(count, 'task')} written${describePlace(file.name)}`);
}

async function exportCollections(store: Store, file: SideFile): Promise<void> {
  const count = await writeSideFile(streamCollections(store), file, formatCollectionLine);
  if (count !== undefined) printNote(`${pluralize(count, 'collection')} written${describePlace(file.name)}`);
}

async function noteCollections(store: Store): Promise<void> {
  if ((await store.collections(undefined)).length > 0)
    printNote('the collections were not written: --collections names a file for them');
}

/** Says that there are marks, where no file is named for them. */
async function noteMarks(store: Store, question: QueryReading | undefined): Promise<void> {
  const { done } = await streamMarks(store, question).next();
  if (!done) printNote('the marks of these tasks were not written: --marks names a file for them');
}

interface Target {
  readonly file: string | undefined;
  readonly format: Format;
  /** Undefined: all documents. */
  readonly question: QueryReading | undefined;
  /** Whether CSV has them. */
  readonly hasMarks: boolean;
}

async function exportTo(
  { store, files }: { store: Store; files: ImageFiles },
  { file, format, question, hasMarks }: Target,
): Promise<number> {
  const total = question === undefined ? (await store.stats(systemClock.now())).total : 0;
  const pages = question === undefined ? store.stream() : streamMatchingDocuments(store, question);
  const progress = await startProgress('documents', systemClock);
  // Byte for byte for other programs, cleaned for a terminal.
  const isShown = (file === undefined || file === '-') && process.stdout.isTTY;
  const prepare = isShown ? cleanLines : (text: string) => text;
  let count = 0;
  async function* generateChunks() {
    if (format === 'csv') yield formatCsvHeader();
    for await (const page of pages) {
      count += page.length;
      progress.update(count, total);
      yield prepare(
        format === 'csv'
          ? await formatCsvPage({ store, files }, page, hasMarks)
          : page.map(({ text }) => formatDocumentLine(text)).join(''),
      );
    }
  }
  try {
    await writeOut(file, generateChunks());
  } finally {
    progress.end();
  }
  return count;
}

async function formatCsvPage(
  { store, files }: { store: Store; files: ImageFiles },
  page: readonly StoredTask[],
  hasMarks: boolean,
): Promise<string> {
  const ids = page.map(({ id }) => id);
  const archived = await store.imagesOf(ids);
  const marked = hasMarks ? await readMarksById(store, ids) : undefined;
  return formatCsvLines(page, ({ id }) => ({
    files: archived.filter(({ taskId }) => taskId === id).map((image) => files.locate(image)),
    marks: marked?.get(id),
  }));
}

async function* streamMatchingDocuments(
  store: Store,
  { query, filter, nowMs }: QueryReading,
): AsyncGenerator<StoredTask[]> {
  for (const note of query.notes) printNote(note);
  const request = { query, filter: { ...filter, includesHidden: true }, sort: 'oldest', nowMs } as const;
  for await (const page of streamMatchingPages(store, request, Number.POSITIVE_INFINITY)) {
    // A placeholder task has no document yet.
    yield page.hits.map(({ task }) => task).filter(({ fetchedAtMs }) => fetchedAtMs > 0);
  }
}
