/** `flux-mirror collection delete`: deletes a collection, and no task. */
import { Command } from 'commander';
import { runWithStore } from '../../app/with-store.ts';
import { systemClock } from '../../lib/clock.ts';
import type { Collection } from '../../store/contract/collections.ts';
import { foldName } from '../../task/entry-name.ts';
import { canAsk, confirm } from '../dialog.ts';
import { CommandFailed, EXIT } from '../failure.ts';
import { pluralize, print, printJson } from '../output.ts';
import { addSettings, readConfig } from '../settings.ts';
import { findCollection, NAME_ARGUMENT, unwrap } from './find-collection.ts';

interface DeleteOptions {
  readonly yes?: boolean;
  readonly json?: boolean;
}

export function createDeleteCommand(): Command {
  const command = new Command('delete')
    .summary('delete a collection')
    .description(
      'Deletes a collection with its order, its note and its public link. Its tasks stay in the mirror.',
    )
    .argument('<name>', NAME_ARGUMENT)
    .option('-y, --yes', 'do not ask')
    .option('--json', 'print the result as JSON');
  return addSettings(command).action(async (given: string, options: DeleteOptions) => {
    await runWithStore(readConfig(command), 'writer', async (store) => {
      const collection = await findCollection(store, given);
      const isDeleted = await mayDelete(collection, given, options);
      const { id, name } = collection;
      if (isDeleted)
        unwrap(await store.removeCollection(id, { nowMs: systemClock.now(), within: undefined }));
      if (options.json) printJson({ id, name, deleted: isDeleted });
      else print(`${JSON.stringify(name)} ${isDeleted ? 'deleted' : 'kept'}`);
    });
  });
}

/**
 * Asks. Without a terminal, the name or the whole id is enough: a script means what it names.
 * @throws CommandFailed for a shortened id when nobody can be asked
 */
async function mayDelete(
  { id, name, taskCount, link }: Collection,
  given: string,
  { yes = false }: DeleteOptions,
): Promise<boolean> {
  if (yes) return true;
  const quoted = JSON.stringify(name);
  if (canAsk())
    return confirm(
      `Delete ${quoted}, the order of ${pluralize(taskCount, 'task')}${link ? ' and its public link' : ''}? The tasks stay.`,
    );
  if (given === id || foldName(given) === foldName(name)) return true;
  throw new CommandFailed(`this id is shortened, for ${quoted}: name it whole, or add --yes`, EXIT.usage);
}
