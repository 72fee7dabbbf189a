/** `flux-mirror collection share` and `unshare`: the public link of a collection. */
import { Command } from 'commander';
import { runWithStore } from '../../app/with-store.ts';
import { systemClock } from '../../lib/clock.ts';
import { createRandomKey } from '../../lib/random-key.ts';
import type { Collection, CollectionLink } from '../../store/contract/collections.ts';
import type { Store } from '../../store/contract/store.ts';
import { print, printJson, printNote } from '../output.ts';
import { addSettings, readConfig } from '../settings.ts';
import { findCollection, NAME_ARGUMENT, unwrap } from './find-collection.ts';
import { printCollection, serializeCollections } from './print-collection.ts';

interface ShareOptions {
  /** Undefined: as before. */
  readonly prompts?: boolean;
  readonly renew?: boolean;
  readonly json?: boolean;
}

export function createShareCommand(): Command {
  const command = new Command('share')
    .summary('make a public link to a collection, or print it')
    .description(
      'Makes a public link to a collection and prints it; one that is there stays. Whoever has the link sees the collection without a token, and nothing else, and changes nothing.',
    )
    .argument('<name>', NAME_ARGUMENT)
    .option('--prompts', 'show the prompts (default)')
    .option('--no-prompts', 'show no prompts')
    .option('--renew', 'replace the link that is there: it works no more')
    .option('--json', 'print the collection as JSON');
  return addSettings(command).action(async (given: string, options: ShareOptions) => {
    const config = readConfig(command);
    await runWithStore(config, 'writer', async (store) => {
      const before = await findCollection(store, given);
      const link = chooseLink(before.link, options);
      const collection = await setLink(store, before, link);
      const [entry] = await serializeCollections(store, [collection], config);
      if (options.json) return printJson(entry);
      const url = entry?.link?.url ?? '';
      print(url);
      const prompts = link.showsPrompts ? 'with its prompts' : 'without its prompts';
      printNote(
        `whoever has it sees ${JSON.stringify(collection.name)} ${prompts}, until \`flux-mirror collection unshare\``,
      );
      if (url.startsWith('/')) printNote(NO_SERVER);
    });
  });
}

const NO_SERVER =
  'the address of the mirror goes before it: no server is running, and FLUX_MIRROR_CALLBACK_URL is not set';

type NewLink = Pick<CollectionLink, 'key' | 'showsPrompts'>;

function chooseLink(before: CollectionLink | undefined, { prompts, renew = false }: ShareOptions): NewLink {
  return {
    key: before && !renew ? before.key : createRandomKey(),
    showsPrompts: prompts ?? before?.showsPrompts ?? true,
  };
}

async function setLink(store: Store, before: Collection, link: NewLink): Promise<Collection> {
  if (link.key === before.link?.key && link.showsPrompts === before.link.showsPrompts) return before;
  // What was read is what is changed: a link that somebody else revokes meanwhile must not come back.
  const options = { nowMs: systemClock.now(), within: undefined, ifVersion: [before.version] };
  return unwrap(await store.changeCollection(before.id, { link }, options)).collection;
}

export function createUnshareCommand(): Command {
  const command = new Command('unshare')
    .summary('revoke the public link of a collection')
    .description('Revokes the public link of a collection: it works no more, and never will again.')
    .argument('<name>', NAME_ARGUMENT)
    .option('--json', 'print the collection as JSON');
  return addSettings(command).action(async (given: string, { json }: { json?: boolean }) => {
    const config = readConfig(command);
    await runWithStore(config, 'writer', async (store) => {
      const before = await findCollection(store, given);
      const options = { nowMs: systemClock.now(), within: undefined };
      const { collection } = before.link
        ? unwrap(await store.changeCollection(before.id, { link: null }, options))
        : { collection: before };
      const done = `${JSON.stringify(collection.name)} ${before.link ? 'is no longer shared' : 'was not shared'}`;
      await printCollection(store, collection, { config, json, done });
    });
  });
}
