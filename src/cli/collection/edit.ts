/** `flux-mirror collection rename`, `note` and `cover`: what a collection says of itself. */
import { Command } from 'commander';
import { runWithStore } from '../../app/with-store.ts';
import { systemClock } from '../../lib/clock.ts';
import {
  type Collection,
  type CollectionChange,
  MAX_COLLECTION_NOTE,
} from '../../store/contract/collections.ts';
import type { Store } from '../../store/contract/store.ts';
import { CommandFailed, EXIT } from '../failure.ts';
import { printDocument, printJson, printNote } from '../output.ts';
import { readName } from '../read-name.ts';
import { readNote } from '../read-note.ts';
import { addSettings, readConfig } from '../settings.ts';
import { resolveOnePlace } from './collection-places.ts';
import { findCollection, NAME_ARGUMENT, unwrap } from './find-collection.ts';
import { printCollection } from './print-collection.ts';

interface EditOptions {
  readonly remove?: boolean;
  readonly json?: boolean;
}

export function createRenameCommand(): Command {
  const command = new Command('rename')
    .summary('give a collection another name')
    .description('Gives a collection another name. Its public link stays.')
    .argument('<name>', NAME_ARGUMENT)
    .argument('<new-name>', 'up to 100 characters')
    .option('--json', 'print the result as JSON');
  return addSettings(command).action(async (given: string, text: string) => {
    const name = readName(text);
    await changeCollection(command, given, async () => ({
      change: { name },
      done: `renamed to ${JSON.stringify(name)}`,
    }));
  });
}

export function createNoteCommand(): Command {
  const command = new Command('note')
    .summary('write a note on a collection, or print it')
    .description('Writes a note on a collection, in place of the one that it has. Without a text, prints it.')
    .argument('<name>', NAME_ARGUMENT)
    .argument('[text]', 'the note; - reads it from standard input')
    .option('--remove', 'remove the note')
    .option('--json', 'print the result as JSON');
  return addSettings(command).action(
    async (given: string, text: string | undefined, { remove = false, json }: EditOptions) => {
      if (remove && text !== undefined)
        throw new CommandFailed('--remove removes the note: there is no text with it', EXIT.usage);
      if (!remove && text === undefined) return printCollectionNote(command, given, json);
      const note = text === undefined ? '' : await readNote(text, MAX_COLLECTION_NOTE);
      await changeCollection(command, given, async ({ name }) => ({
        change: { note },
        done: `${JSON.stringify(name)} ${remove ? 'without a note' : 'noted'}`,
      }));
    },
  );
}

async function printCollectionNote(command: Command, given: string, isJson = false): Promise<void> {
  const { id, name, note } = await runWithStore(readConfig(command), 'reader', async (store) =>
    findCollection(store, given),
  );
  if (isJson) printJson({ id, name, note });
  else if (note === '') printNote('no note');
  else printDocument(note);
}

export function createCoverCommand(): Command {
  const command = new Command('cover')
    .summary('choose the picture that stands for a collection')
    .description(
      'Chooses the task whose picture stands for a collection. Without a choice, its first picture does.',
    )
    .argument('<name>', NAME_ARGUMENT)
    .argument('[id]', 'one of its tasks: the id, or its first 6 or more characters')
    .option('--remove', 'take the choice back')
    .option('--json', 'print the result as JSON');
  return addSettings(command).action(
    async (given: string, arg: string | undefined, { remove = false }: EditOptions) => {
      if (remove === (arg !== undefined))
        throw new CommandFailed('name either a task of the collection, or --remove', EXIT.usage);
      await changeCollection(command, given, async (collection, store) => {
        const cover = arg === undefined ? null : await resolveOnePlace(store, collection, arg);
        const done = cover === null ? 'its first picture' : cover;
        return { change: { cover }, done: `${JSON.stringify(collection.name)} has the cover ${done}` };
      });
    },
  );
}

/** @param decide what to change, and what is said when it is done */
async function changeCollection(
  command: Command,
  given: string,
  decide: (collection: Collection, store: Store) => Promise<{ change: CollectionChange; done: string }>,
): Promise<void> {
  const config = readConfig(command);
  const { json } = command.opts<EditOptions>();
  await runWithStore(config, 'writer', async (store) => {
    const before = await findCollection(store, given);
    const { change, done } = await decide(before, store);
    const options = { nowMs: systemClock.now(), within: undefined };
    const { collection } = unwrap(await store.changeCollection(before.id, change, options));
    await printCollection(store, collection, { config, json, done });
  });
}
