/** `flux-mirror collection new`: creates a collection. */
import { randomUUID } from 'node:crypto';
import { Command } from 'commander';
import { runWithStore } from '../../app/with-store.ts';
import { systemClock } from '../../lib/clock.ts';
import { MAX_COLLECTION_NOTE } from '../../store/contract/collections.ts';
import { readName } from '../read-name.ts';
import { readNote } from '../read-note.ts';
import { addSettings, readConfig } from '../settings.ts';
import { unwrap } from './find-collection.ts';
import { printCollection } from './print-collection.ts';

export function createNewCommand(): Command {
  const command = new Command('new')
    .summary('create a collection')
    .description('Creates an empty collection.')
    .argument('<new-name>', 'up to 100 characters; upper and lower case are one')
    .option('--note <text>', 'a note on it; - reads it from standard input')
    .option('--json', 'print the result as JSON');
  return addSettings(command).action(async (given: string, options: { note?: string; json?: boolean }) => {
    const name = readName(given);
    const note = options.note === undefined ? '' : await readNote(options.note, MAX_COLLECTION_NOTE);
    const config = readConfig(command);
    await runWithStore(config, 'writer', async (store) => {
      const wanted = { id: randomUUID(), name, note, limits: undefined };
      const { collection } = unwrap(await store.addCollection(wanted, systemClock.now()));
      const done = `${JSON.stringify(name)} created, ${collection.id}`;
      await printCollection(store, collection, { config, json: options.json, done });
    });
  });
}
