/** `flux-mirror export`: writes documents, oldest first, as JSON Lines or CSV. */
import { Command, Option } from 'commander';
import { runWithStore } from '../app/with-store.ts';
import { createImageFiles, type ImageFiles } from '../archive/files.ts';
import { formatCsvHeader, formatCsvLines } from '../files/csv.ts';
import { formatDocumentLine } from '../files/format-line.ts';
import { writeOut } from '../files/write-out.ts';
import { cleanLines } from '../lib/clean-text.ts';
import { systemClock } from '../lib/clock.ts';
import type { Store } from '../store/contract/store.ts';
import type { StoredTask } from '../store/contract/tasks.ts';
import { pluralize, printNote } from './output.ts';
import { startProgress } from './progress.ts';
import { addQueryOptions, type QueryOptions, readQuery, streamMatchingPages } from './query-options.ts';
import { addSettings, readConfig } from './settings.ts';

type Format = 'jsonl' | 'csv';

interface ExportOptions extends QueryOptions {
  query?: string;
  format?: Format;
}

export function createExportCommand(): Command {
  const command = addQueryOptions(
    new Command('export')
      .summary('write documents')
      .description(
        'Writes stored documents, oldest first, one per line and byte for byte; to standard output when no file is named. A name that ends in .csv gives CSV, one that ends in .gz is compressed.',
      )
      .argument('[file]', 'file to write (- = standard output)')
      .option('--query <query>', 'only what a search for this finds; the grammar of `search`')
      .addOption(new Option('--format <format>', 'what the name says, else jsonl').choices(['jsonl', 'csv'])),
  );
  return addSettings(command).action(async (file: string | undefined, options: ExportOptions) => {
    const format = options.format ?? (/\.csv(\.gz)?$/i.test(file ?? '') ? 'csv' : 'jsonl');
    const question = readQuery(options.query ?? '', options);
    const config = readConfig(command);
    const files = createImageFiles(config.dataDir);
    const count = await runWithStore(config, 'reader', (store) =>
      exportTo({ store, files }, file, format, isAll(options) ? undefined : question),
    );
    printNote(
      `${pluralize(count, 'document')} written${file === undefined || file === '-' ? '' : ` to ${file}`}`,
    );
  });
}

type Question = ReturnType<typeof readQuery>;

function isAll({ query, from, to }: ExportOptions): boolean {
  return query === undefined && from === undefined && to === undefined;
}

async function exportTo(
  { store, files }: { store: Store; files: ImageFiles },
  file: string | undefined,
  format: Format,
  question: Question | undefined,
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
          ? await formatCsvPage(store, page, files)
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

async function formatCsvPage(store: Store, page: readonly StoredTask[], files: ImageFiles): Promise<string> {
  const archived = await store.imagesOf(page.map(({ id }) => id));
  return formatCsvLines(page, ({ id }) =>
    archived.filter(({ taskId }) => taskId === id).map((image) => files.getPath(image)),
  );
}

async function* streamMatchingDocuments(
  store: Store,
  { query, filter, nowMs }: Question,
): AsyncGenerator<StoredTask[]> {
  for (const note of query.notes) printNote(note);
  const request = { query, filter, sort: 'oldest', nowMs } as const;
  for await (const page of streamMatchingPages(store, request, Number.POSITIVE_INFINITY)) {
    // A placeholder task has no document yet.
    yield page.hits.map(({ task }) => task).filter(({ fetchedAtMs }) => fetchedAtMs > 0);
  }
}
