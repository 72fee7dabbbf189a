/** `flux-mirror saved`: searches kept under a name, what is new in them, and their feeds. */
import { randomUUID } from 'node:crypto';
import { Argument, Command } from 'commander';
import { readLastAddress } from '../app/server-address.ts';
import { runWithStore } from '../app/with-store.ts';
import type { Config } from '../config/config.ts';
import { systemClock } from '../lib/clock.ts';
import { createRandomKey } from '../lib/random-key.ts';
import { isTimeZone } from '../search/dates.ts';
import { countNewHits, readSavedQuery } from '../store/contract/saved-query.ts';
import {
  MAX_SAVED_SEARCHES,
  type SavedSearch,
  type SavedSearchOutcome,
} from '../store/contract/saved-searches.ts';
import type { Store } from '../store/contract/store.ts';
import { serializeSavedListItem, serializeSavedSearch } from '../views/saved-json.ts';
import { CommandFailed, EXIT } from './failure.ts';
import { describeLimits, findSaved } from './find-saved.ts';
import { print, printJson, printNote } from './output.ts';
import { readName } from './read-name.ts';
import { addSettings, readConfig } from './settings.ts';
import { createShowSavedCommand } from './show-saved.ts';

const EXAMPLES = `
Examples:
  flux-mirror saved                                   all, with how much is new in each
  flux-mirror saved add lighthouses 'lighthouse rating:>=4'
  flux-mirror saved show lighthouses
  flux-mirror saved feed lighthouses on               prints the addresses of its feed`;

export function createSavedCommand(): Command {
  return new Command('saved')
    .summary('searches kept under a name: list, add, show, feed, remove')
    .description('Searches kept under a name: what is new in each, and feeds of them.')
    .addCommand(createListCommand(), { isDefault: true })
    .addCommand(createAddCommand())
    .addCommand(createShowSavedCommand())
    .addCommand(createFeedCommand())
    .addCommand(createRemoveCommand())
    .addHelpText('after', EXAMPLES);
}

interface JsonOption {
  readonly json?: boolean;
}

function createListCommand(): Command {
  const command = new Command('list')
    .summary('list the saved searches')
    .description('Lists the saved searches, and how many of their hits are new since the last visit.')
    .option('--json', 'print it as JSON');
  return addSettings(command).action(async ({ json }: JsonOption) => {
    const config = readConfig(command);
    await runWithStore(config, 'reader', async (store) => {
      const publicUrl = await findPublicUrl(store, config);
      const nowMs = systemClock.now();
      const items: ReturnType<typeof serializeSavedListItem>[] = [];
      for (const saved of await store.savedSearches()) {
        const hits = await countNewHits(store, saved, { sinceMs: saved.visitedAtMs, nowMs });
        items.push(serializeSavedListItem(saved, publicUrl, hits));
        const count = `${hits.isExact ? '' : 'more than '}${hits.total} new`;
        if (!json) print([saved.name, saved.query, count, describeLimits(saved.limits)].join('\t'));
      }
      if (json) printJson({ items });
      if (items.length === 0) printNote('no saved searches; "flux-mirror saved add NAME QUERY" saves one');
    });
  });
}

function createAddCommand(): Command {
  const command = new Command('add')
    .summary('save a search')
    .description('Saves a search under a name. The same grammar as `search`; only exact matches count.')
    .argument('<name>', 'up to 100 characters; upper and lower case are one')
    .argument('<query...>', 'what to look for; put -- before it if it starts with a minus')
    .option('--tz <zone>', 'time zone of its dates (default: that of the machine)')
    .option('--json', 'print the result as JSON');
  return addSettings(command).action(
    async (named: string, words: string[], { tz, json }: JsonOption & { readonly tz?: string }) => {
      const name = readName(named);
      const query = words.join(' ');
      if (tz !== undefined && !isTimeZone(tz))
        throw new CommandFailed('--tz must be a time zone such as Europe/Berlin', EXIT.usage);
      const nowMs = systemClock.now();
      const wanted = { name, query, timeZone: tz, limits: undefined };
      const [note] = readSavedQuery(wanted, nowMs).query.notes;
      if (note !== undefined) throw new CommandFailed(`the search was not saved: ${note}`, EXIT.usage);
      const saved = await runWithStore(readConfig(command), 'writer', async (store) =>
        getSaved(await store.addSavedSearch({ ...wanted, id: randomUUID(), nowMs }), name),
      );
      if (json) printJson(serializeSavedSearch(saved, undefined));
      else print(`"${saved.name}" is saved`);
    },
  );
}

function createFeedCommand(): Command {
  const command = new Command('feed')
    .summary('open, close or print the feed of a saved search')
    .description(
      'Prints the addresses of the feed of a saved search, with the key that opens it: no token is needed. `on` opens it, or gives it a new key: earlier addresses end. `off` closes it.',
    )
    .argument('<saved-search>', 'its name, or the beginning of its id')
    .addArgument(new Argument('[state]', 'on or off').choices(['on', 'off']))
    .option('--json', 'print the result as JSON');
  return addSettings(command).action(
    async (given: string, state: 'on' | 'off' | undefined, { json }: JsonOption) => {
      const config = readConfig(command);
      await runWithStore(config, state === undefined ? 'reader' : 'writer', async (store) => {
        const found = await findSaved(store, given);
        const saved = state === undefined ? found : await setFeed(store, found, state);
        const publicUrl = await findPublicUrl(store, config);
        const view = serializeSavedSearch(saved, publicUrl ?? '');
        if (json) printJson(view);
        else if (view.feed === null) print(`"${saved.name}" has no feed`);
        else for (const url of Object.values(view.feed)) print(url);
        if (view.feed !== null && publicUrl === undefined)
          printNote('put the address of the server before these: it is not known before `serve` has run');
      });
    },
  );
}

async function setFeed(store: Store, { id, name }: SavedSearch, state: 'on' | 'off'): Promise<SavedSearch> {
  const feedKey = state === 'on' ? createRandomKey() : undefined;
  return getSaved(await store.changeSavedSearch(id, { feedKey }, { nowMs: systemClock.now() }), name);
}

function createRemoveCommand(): Command {
  const command = new Command('remove')
    .summary('remove a saved search')
    .description('Removes a saved search, with its feed. The tasks stay.')
    .argument('<saved-search>', 'its name, or the beginning of its id');
  return addSettings(command).action(async (given: string) => {
    const { name } = await runWithStore(readConfig(command), 'writer', async (store) => {
      const saved = await findSaved(store, given);
      await store.removeSavedSearch(saved.id);
      return saved;
    });
    print(`"${name}" is removed`);
  });
}

/** The one of the settings, or that of the server that ran last; undefined if none has. */
async function findPublicUrl(
  store: Pick<Store, 'readCheckpoint'>,
  { callbackUrl }: Pick<Config, 'callbackUrl'>,
): Promise<string | undefined> {
  return callbackUrl ?? (await readLastAddress(store));
}

/** @throws CommandFailed if it was not changed */
function getSaved(outcome: SavedSearchOutcome, name: string): SavedSearch {
  switch (outcome.kind) {
    case 'changed':
      return outcome.saved;
    case 'taken':
      throw new CommandFailed(`there is a saved search "${name}"`);
    case 'full':
      throw new CommandFailed(`there are ${MAX_SAVED_SEARCHES} saved searches: remove some`);
    default:
      throw new CommandFailed(`"${name}" was removed or changed meanwhile`);
  }
}
