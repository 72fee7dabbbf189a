/** `flux-mirror export`: documents, oldest first, as JSON Lines or CSV. */
import { Command, Option } from 'commander';
import { withStore } from '../app/with-store.ts';
import { csvHeader, csvLines } from '../files/csv.ts';
import { writeOut } from '../files/write-out.ts';
import { systemClock } from '../lib/clock.ts';
import type { Store } from '../store/contract/store.ts';
import type { StoredTask } from '../store/contract/tasks.ts';
import { counted, remark } from './output.ts';
import { startProgress } from './progress.ts';
import { matchingPages, type QueryOptions, readQuery, withQueryOptions } from './query-options.ts';
import { configFor, withSettings } from './settings.ts';

type Format = 'jsonl' | 'csv';

interface ExportOptions extends QueryOptions {
  query?: string;
  format?: Format;
}

export function exportCommand(): Command {
  const command = withQueryOptions(
    new Command('export')
      .summary('write documents')
      .description(
        'Writes stored documents, oldest first, one a line and byte for byte; to standard output when no file is named. A name that ends in .csv gives CSV, one that ends in .gz is compressed.',
      )
      .argument('[file]', 'file to write (- = standard output)')
      .option('--query <query>', 'only what a search for this finds; the grammar of `search`')
      .addOption(new Option('--format <format>', 'what the name says, else jsonl').choices(['jsonl', 'csv'])),
  );
  return withSettings(command).action(async (file: string | undefined, options: ExportOptions) => {
    const format = options.format ?? (/\.csv(\.gz)?$/i.test(file ?? '') ? 'csv' : 'jsonl');
    const count = await withStore(configFor(command), 'reader', (store) =>
      exportTo(store, file, format, options),
    );
    remark(`${counted(count, 'document')} written${file === undefined || file === '-' ? '' : ` to ${file}`}`);
  });
}

async function exportTo(
  store: Store,
  file: string | undefined,
  format: Format,
  options: ExportOptions,
): Promise<number> {
  const isAll = options.query === undefined && options.from === undefined && options.to === undefined;
  const total = isAll ? (await store.stats(systemClock.now())).total : 0;
  const pages = isAll ? store.stream() : matchingDocuments(store, options);
  const progress = startProgress('documents', systemClock);
  let count = 0;
  async function* chunks() {
    if (format === 'csv') yield csvHeader();
    for await (const page of pages) {
      count += page.length;
      progress.update(count, total);
      yield format === 'csv' ? csvLines(page) : page.map(({ text }) => `${asLine(text)}\n`).join('');
    }
  }
  try {
    await writeOut(file, chunks());
  } finally {
    progress.end();
  }
  return count;
}

async function* matchingDocuments(store: Store, options: ExportOptions): AsyncGenerator<StoredTask[]> {
  const { query, filter, nowMs } = readQuery(options.query ?? '', options);
  for (const note of query.notes) remark(note);
  const request = { query, filter, sort: 'oldest', nowMs } as const;
  for await (const page of matchingPages(store, request, Number.POSITIVE_INFINITY)) {
    // A task of which only the request is known has no document yet.
    yield page.hits.map(({ task }) => task).filter(({ fetchedAtMs }) => fetchedAtMs > 0);
  }
}

/**
 * A document with line ends inside (an upstream that indents) can't be a line; as a JSON string it can, and import
 * takes the string's value as the exact text.
 */
function asLine(text: string): string {
  return /[\r\n]/.test(text) ? JSON.stringify(text) : text;
}
