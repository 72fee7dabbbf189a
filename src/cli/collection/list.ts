/** `flux-mirror collection list`: all collections. */
import { Command } from 'commander';
import { runWithStore } from '../../app/with-store.ts';
import { formatIsoTime } from '../../lib/iso-time.ts';
import type { Collection } from '../../store/contract/collections.ts';
import { CommandFailed, EXIT } from '../failure.ts';
import { pluralize, print, printJson, printNote } from '../output.ts';
import { addSettings, readConfig } from '../settings.ts';
import { describeLimits } from './find-collection.ts';
import { serializeCollections } from './print-collection.ts';

export function createListCommand(): Command {
  const command = new Command('list')
    .summary('list the collections (default)')
    .description('Lists the collections by name, with the number of their tasks.')
    .option('--json', 'print them as JSON')
    // A word that is no subcommand comes here.
    .allowExcessArguments();
  return addSettings(command).action(async ({ json }: { json?: boolean }) => {
    const [word] = command.args;
    if (word !== undefined)
      throw new CommandFailed(
        `\`flux-mirror collection\` has no subcommand ${JSON.stringify(word)}: see --help; show prints a collection`,
        EXIT.usage,
      );
    const config = readConfig(command);
    await runWithStore(config, 'reader', async (store) => {
      const collections = await store.collections(undefined);
      if (json) return printJson({ items: await serializeCollections(store, collections, config) });
      for (const collection of collections) print(describeCollection(collection));
      if (collections.length === 0)
        printNote('no collections; `flux-mirror collection new NAME` creates one');
    });
  });
}

function describeCollection(collection: Collection): string {
  const { id, name, taskCount, changedAtMs, link } = collection;
  return [
    name,
    pluralize(taskCount, 'task'),
    `changed ${formatIsoTime(changedAtMs)}`,
    ...(link ? [link.showsPrompts ? 'shared' : 'shared without prompts'] : []),
    ...describeLimits(collection),
    id,
  ].join('  ');
}
