/** The whole state of a store. */
import type { Store } from '../../../../src/store/contract/store.ts';
import type { StoredTask } from '../../../../src/store/contract/tasks.ts';
import { searchRequest } from '../../../helpers/search.ts';
import { IMAGES } from './image-calls.ts';
import { sortOpenOrder } from './normalize.ts';
import type { Session } from './session.ts';
import { createKey, IDS, LIMITS } from './values.ts';

const MANY = 1000;

/** Everything that a store can tell of what it has stored. */
export async function readState(session: Session): Promise<Record<string, unknown>> {
  const { store } = session;
  return {
    ...(await readTasks(session)),
    ...(await readImages(store)),
    ...(await readPeople(session)),
    ...(await readProcesses(session)),
    audit: await store.audit(),
  };
}

async function readTasks({ store, clock }: Session) {
  const streamed: StoredTask[] = [];
  for await (const page of store.stream()) streamed.push(...page);
  const nowMs = clock.now();
  return {
    streamed,
    list: await store.list({}, { limit: MANY, offset: 0 }),
    finished: await store.concatFinished(IDS),
    count: await store.countUpTo(MANY),
    accounts: await store.accounts(),
    // With placeholders.
    ids: await store.findIds('', { limit: MANY }),
    found: await store.search(searchRequest('', { filter: { includesHidden: true }, limit: MANY, nowMs })),
    facets: await store.facets({ query: searchRequest('').query, filter: {}, by: 'month', timeZone: 'UTC' }),
    words: await store.suggest('', MANY),
    chains: await Promise.all(IDS.map((one) => store.findChain(one))),
    tracked: await store.tracked({ limit: MANY, offset: 0 }),
    due: await store.countDue(nowMs),
    // Each engine has files of its own.
    stats: { ...(await store.stats(nowMs)), diskBytes: 0 },
  };
}

async function readImages(store: Store) {
  const first = await store.newestImages();
  return {
    images: await store.archivedImages(''),
    // Those of tasks of about the same time are in no order.
    newestImages: sortOpenOrder(first.images, ({ sha256 }) => sha256),
    afterNewest: (await store.newestImages(first.next)).images,
    byHash: await Promise.all(IMAGES.map(({ sha256 }) => store.image(sha256))),
    ofTasks: await store.imagesOf(IDS),
    inputs: await Promise.all(IDS.map((one) => store.inputImagesOf(one))),
    ratios: await store.ratiosOf(IDS),
    imageStats: await store.imageStats(),
    // Those that are tried again at the same time are in no order.
    failing: sortOpenOrder(await store.failingImages(MANY), ({ taskId, n }) => `${taskId} ${n}`),
    missing: await store.countMissingImages(),
  };
}

async function readPeople({ store, seen }: Session) {
  const { marks, last } = await store.listMarks(0, MANY);
  return {
    marks,
    afterLast: (await store.listMarks(last, MANY)).marks,
    marksOfTasks: sortOpenOrder(await store.marksOf(IDS), ({ id: one }) => one),
    tags: await store.tags({ prefix: '', limit: MANY }),
    collections: await store.collections(undefined),
    collectionTasks: await Promise.all(
      seen.collections.map((one) => store.collectionTasks(one, undefined, MANY)),
    ),
    shared: await Promise.all(seen.collections.map((one) => store.collectionOfLink(createKey(one, 0)))),
    collectionImages: await Promise.all(
      seen.collections.flatMap((one) => IMAGES.map(({ sha256 }) => store.collectionImage(one, sha256))),
    ),
    collectionsOf: await Promise.all(IDS.map((one) => store.collectionsOf(one, LIMITS[1]))),
    savedSearches: await store.savedSearches(),
    visibleSearches: await store.savedSearches(LIMITS[1]),
    feeds: await Promise.all(seen.savedSearches.map((one) => store.savedSearchOfFeed(createKey(one, 0)))),
    tokens: await store.accessTokens(),
    requiresToken: await store.requiresToken(),
  };
}

async function readProcesses({ store, clock, seen }: Session) {
  return {
    webhooks: await store.webhooks(),
    deliveries: await Promise.all(seen.webhooks.map((one) => store.deliveries(one, MANY))),
    finishedTasks: sortOpenOrder(await store.finishedTasks(MANY), (one) => one),
    callbacks: await Promise.all(seen.callbacks.map((one) => store.callback(one))),
    callbackStats: await store.callbackStats(),
    runs: await store.runs(MANY),
    circuit: await store.readCircuit(clock.now()),
    checkpoints: await Promise.all(
      ['history', 'backfill', 'health'].map((name) => store.readCheckpoint(name)),
    ),
  };
}
