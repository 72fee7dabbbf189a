/** `flux-mirror collection add`, `move` and `remove`: the tasks of a collection and their order. */
import { Command } from 'commander';
import { runWithStore } from '../../app/with-store.ts';
import { systemClock } from '../../lib/clock.ts';
import type { Collection } from '../../store/contract/collections.ts';
import { addTaskOptions, chooseTasks, IDS_ARGUMENT, readSearch, type TaskOptions } from '../choose-tasks.ts';
import { CommandFailed, EXIT } from '../failure.ts';
import { formatCount, pluralize, print, printJson } from '../output.ts';
import { reportUnknown } from '../resolve-ids.ts';
import { addSettings, readConfig } from '../settings.ts';
import { resolveOnePlace, resolvePlaces } from './collection-places.ts';
import { findCollection, NAME_ARGUMENT, unwrap } from './find-collection.ts';

const PLACES_ARGUMENT = 'ids of its tasks, or their first 6 or more characters';
const BEFORE = 'the task of the collection before which they are placed';

interface AddOptions extends TaskOptions {
  readonly before?: string;
}

export function createAddCommand(): Command {
  const command = new Command('add')
    .summary('add tasks to a collection')
    .description(
      'Adds tasks at the end of a collection, in the order in which they are named; those of a search, the oldest first. With --before, they are placed there, also those that it has already.',
    )
    .argument('<name>', NAME_ARGUMENT)
    .argument('[ids...]', IDS_ARGUMENT)
    .option('--before <id>', BEFORE);
  return addTaskOptions(command).action(async (given: string, args: string[], options: AddOptions) => {
    const search = readSearch(args, options);
    const { before: anchor, yes, json } = options;
    await runWithStore(readConfig(command), 'writer', async (store) => {
      const collection = await findCollection(store, given);
      const before = anchor === undefined ? undefined : await resolveOnePlace(store, collection, anchor);
      const ask = (tasks: string) => `Add ${tasks} to ${JSON.stringify(collection.name)}?`;
      const { ids, ambiguous, isConfirmed, ...chosen } = await chooseTasks(store, args, search, { ask, yes });
      const placement = { ids: isConfirmed ? ids : [], ...(before === undefined ? {} : { before }) };
      const placed = unwrap(await store.placeInCollection(collection.id, placement, createOptions()));
      const [added, moved] = [placed.added.length, placed.moved.length];
      const unchanged = placement.ids.length - added - moved - placed.unknown.length;
      const unknown = [...chosen.unknown, ...placed.unknown];
      if (json) printJson({ added, moved, unchanged, not_known: unknown });
      else
        print(
          `${pluralize(added, 'task')} added, ${formatCount(moved)} moved, ${formatCount(unchanged)} unchanged`,
        );
      reportUnknown(unknown, ambiguous, describeUnknown(collection));
    });
  });
}

function describeUnknown({ limits }: Collection): string {
  return limits
    ? 'not in the mirror, or not of those that the collection is limited to'
    : 'not in the mirror';
}

interface MoveOptions {
  readonly before?: string;
  readonly toEnd?: boolean;
  readonly json?: boolean;
}

export function createMoveCommand(): Command {
  const command = new Command('move')
    .summary('change the order of a collection')
    .description('Moves tasks of a collection, in the order in which they are named.')
    .argument('<name>', NAME_ARGUMENT)
    .argument('<ids...>', PLACES_ARGUMENT)
    .option('--before <id>', BEFORE)
    .option('--to-end', 'place them at the end')
    .option('--json', 'print the result as JSON');
  return addSettings(command).action(async (given: string, args: string[], options: MoveOptions) => {
    const { before: anchor, toEnd = false, json } = options;
    if (toEnd === (anchor !== undefined))
      throw new CommandFailed('say where to: either --before one of its tasks, or --to-end', EXIT.usage);
    await runWithStore(readConfig(command), 'writer', async (store) => {
      const collection = await findCollection(store, given);
      const before = anchor === undefined ? null : await resolveOnePlace(store, collection, anchor);
      const { ids, unknown, ambiguous } = await resolvePlaces(store, collection, args);
      const placed = unwrap(await store.placeInCollection(collection.id, { ids, before }, createOptions()));
      const moved = placed.moved.length;
      if (json) printJson({ moved, not_known: unknown });
      else print(`${pluralize(moved, 'task')} moved`);
      reportUnknown(unknown, ambiguous, 'not in the collection');
    });
  });
}

export function createRemoveCommand(): Command {
  const command = new Command('remove')
    .summary('take tasks out of a collection')
    .description('Takes tasks out of a collection. They stay in the mirror.')
    .argument('<name>', NAME_ARGUMENT)
    .argument('<ids...>', PLACES_ARGUMENT)
    .option('--json', 'print the result as JSON');
  return addSettings(command).action(async (given: string, args: string[], { json }: { json?: boolean }) => {
    await runWithStore(readConfig(command), 'writer', async (store) => {
      const collection = await findCollection(store, given);
      const { ids, unknown, ambiguous } = await resolvePlaces(store, collection, args);
      const { removed } = unwrap(await store.takeFromCollection(collection.id, ids, createOptions()));
      if (json) printJson({ removed, not_known: unknown });
      else print(`${pluralize(removed, 'task')} removed from ${JSON.stringify(collection.name)}`);
      reportUnknown(unknown, ambiguous, 'not in the collection');
    });
  });
}

function createOptions() {
  return { nowMs: systemClock.now(), within: undefined };
}
