/** What commands print of a collection. */
import { askServers } from '../../app/server-address.ts';
import type { Config } from '../../config/config.ts';
import { systemClock } from '../../lib/clock.ts';
import type { Collection } from '../../store/contract/collections.ts';
import type { Store } from '../../store/contract/store.ts';
import { serializeCollection } from '../../views/collections-json.ts';
import { print, printJson } from '../output.ts';

/**
 * Collections as the API shows them, with the users and applications that they are limited to.
 * @returns in the order given
 */
export async function serializeCollections(
  store: Store,
  collections: readonly Collection[],
  config: Config,
): Promise<CollectionEntry[]> {
  const isShared = collections.some(({ link }) => link !== undefined);
  const publicUrl = isShared ? await findPublicUrl(store, config) : undefined;
  return Promise.all(
    collections.map(async (collection) => ({
      ...(await serializeCollection(store, collection, { publicUrl: publicUrl ?? '', showsLink: true })),
      user_ids: collection.limits?.userIds ?? [],
      application_ids: collection.limits?.applicationIds ?? [],
    })),
  );
}

type CollectionEntry = Awaited<ReturnType<typeof serializeCollection>> & {
  readonly user_ids: readonly string[];
  readonly application_ids: readonly string[];
};

/** The address at which others reach the mirror: the one that is set, else that of the running server. */
async function findPublicUrl(
  store: Pick<Store, 'readCheckpoint' | 'findServers'>,
  config: Pick<Config, 'callbackUrl'>,
): Promise<string | undefined> {
  if (config.callbackUrl !== undefined) return config.callbackUrl;
  const { answering } = await askServers(store, systemClock.now(), fetch);
  return answering?.url;
}

/** Prints a collection after a change: as JSON, or what was done. */
export async function printCollection(
  store: Store,
  collection: Collection,
  {
    config,
    json = false,
    done,
  }: { readonly config: Config; readonly json: boolean | undefined; readonly done: string },
): Promise<void> {
  if (!json) return print(done);
  const [entry] = await serializeCollections(store, [collection], config);
  printJson(entry);
}
