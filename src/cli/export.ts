/** `flux-mirror export`: every document, oldest first, as JSON Lines. */
import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { Command } from 'commander';
import { systemClock } from '../clock.ts';
import type { Store } from '../store/contract.ts';
import { counted, remark } from './output.ts';
import { type Progress, startProgress } from './progress.ts';
import { configFor, withSettings } from './settings.ts';
import { withStore } from './with-store.ts';

export function exportCommand(): Command {
  const command = new Command('export')
    .summary('write all documents')
    .description(
      'Writes every stored document, oldest first, one a line and byte for byte; to standard output when no file is named. A name that ends in .gz is compressed.',
    )
    .argument('[file]', 'file to write');
  return withSettings(command).action(async (file: string | undefined) => {
    const progress = startProgress('documents', systemClock);
    const count = await withStore(configFor(command), 'reader', (store) => exportTo(store, file, progress));
    progress.end();
    remark(`${counted(count, 'document')} written${file === undefined ? '' : ` to ${file}`}`);
  });
}

async function exportTo(store: Store, file: string | undefined, progress: Progress): Promise<number> {
  const { total } = await store.stats(systemClock.now());
  let count = 0;
  async function* lines() {
    for await (const page of store.stream()) {
      count += page.length;
      progress.update(count, total);
      yield page.map(({ text }) => `${asLine(text)}\n`).join('');
    }
  }
  if (file === undefined || file === '-') {
    await pipeline(Readable.from(lines()), process.stdout, { end: false });
    return count;
  }
  // A file under its own name is always a whole one.
  const partial = `${file}.partial`;
  const target = createWriteStream(partial);
  if (file.endsWith('.gz')) await pipeline(Readable.from(lines()), createGzip(), target);
  else await pipeline(Readable.from(lines()), target);
  await rename(partial, file);
  return count;
}

/**
 * A document with line ends inside (an upstream that indents) can't be a line; as a JSON string it can, and import
 * takes the string's value as the exact text.
 */
function asLine(text: string): string {
  return /[\r\n]/.test(text) ? JSON.stringify(text) : text;
}
