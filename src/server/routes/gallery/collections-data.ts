/** Reads what the pages of collections show. */

import { serializeCollection, serializeCollectionTasks } from '../../../views/collections-json.ts';
import { COLLECTION_PAGE_SIZE, type CollectionsContent } from '../../../web/view/collections-data.ts';
import type { CollectionEntry } from '../../../web/view/data.ts';
import { getPublicUrl } from '../../connections/public-url.ts';
import type { ServerContext, ServerDeps } from '../../deps.ts';
import { formatEntityTag } from '../../entity-tags.ts';
import { toApiError } from '../../errors.ts';

export type CollectionsDataDeps = Pick<ServerDeps, 'config' | 'store' | 'log'>;

/** The address of a page: without an id it is the list. */
export interface CollectionsAddress {
  readonly id: string;
  readonly cursor: string;
}

/** What can't be read is a page that says so. */
export async function readCollectionsContent(
  c: ServerContext,
  deps: CollectionsDataDeps,
  { id, cursor }: CollectionsAddress,
): Promise<CollectionsContent> {
  try {
    return await (id === '' ? readList(c, deps) : readOne(c, deps, id, parsePlace(cursor)));
  } catch (error) {
    if (toApiError(error).status >= 500) deps.log.error({ err: error }, 'collections could not be read');
    return { kind: 'failed', id };
  }
}

async function readList(
  c: ServerContext,
  { config, store }: CollectionsDataDeps,
): Promise<CollectionsContent> {
  const options = createViewOptions(c, config);
  const found = await store.collections(c.get('access').limits);
  const items = await Promise.all(found.map((collection) => serializeCollection(store, collection, options)));
  return { kind: 'list', items };
}

async function readOne(
  c: ServerContext,
  { config, store }: CollectionsDataDeps,
  id: string,
  after: number | undefined,
): Promise<CollectionsContent> {
  const collection = await store.collection(id, c.get('access').limits);
  if (!collection) return { kind: 'missing' };
  const places = await store.collectionTasks(id, after, COLLECTION_PAGE_SIZE + 1);
  const page = places.slice(0, COLLECTION_PAGE_SIZE);
  const last = places.length > page.length ? page.at(-1) : undefined;
  return {
    kind: 'one',
    open: {
      collection: await serializeCollection(store, collection, createViewOptions(c, config)),
      etag: formatEntityTag(collection.version),
      tasks: (await serializeCollectionTasks(store, collection, page, {
        basePath: config.basePath,
        areTiles: true,
      })) as CollectionEntry[], // tiles, as they are asked for
      nextCursor: last ? String(last.place) : null,
      isContinued: after !== undefined,
    },
  };
}

function createViewOptions(c: ServerContext, config: CollectionsDataDeps['config']) {
  return {
    publicUrl: getPublicUrl(config, c.env.incoming),
    showsLink: !c.get('access').isReadOnly,
  };
}

/** A cursor that is none of ours leads to the beginning. */
function parsePlace(cursor: string): number | undefined {
  return /^\d{1,15}$/.test(cursor) ? Number(cursor) : undefined;
}
