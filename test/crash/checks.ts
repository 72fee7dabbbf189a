/** Looks at what a killed mirror left behind: through the store, as the next start would. */
import type { ImageStorage } from '../../src/archive/image-storage.ts';
import { verifyImage } from '../../src/archive/intact-images.ts';
import { MAX_COLLECTION_TASKS } from '../../src/store/contract/collections.ts';
import type { Store } from '../../src/store/contract/store.ts';
import type { TaskId } from '../../src/task/id.ts';
import { type CollectionState, type PossibleStates, sha256, type WatchedSearch } from './ledger.ts';

export interface Acknowledged {
  readonly documents: ReadonlyMap<string, string>;
  readonly trackedIds: ReadonlySet<string>;
  /** As JSON. */
  readonly marks: ReadonlyMap<string, string>;
  /** By the word of each. */
  readonly watchedSearches: ReadonlyMap<string, WatchedSearch>;
  readonly collections: ReadonlyMap<string, PossibleStates>;
  /** SHA-256 of images that were served. */
  readonly images: ReadonlySet<string>;
}

/** What is looked at. */
export interface CheckedMirror {
  readonly store: Store;
  readonly images: Pick<ImageStorage, 'open'>;
  /** Images under their names with other bytes, as far as that is not found by their rows. */
  listTornImages(): string[];
  /** Damage of the database. */
  listDamage(): string[];
}

export interface Findings {
  /** Acknowledged documents that are missing or have other bytes. */
  readonly lost: string[];
  /** Acknowledged ids that are neither tracked nor stored. */
  readonly untracked: string[];
  /** Acknowledged marks that are missing or others. */
  readonly unmarked: string[];
  /** Acknowledged saved searches and webhooks that are missing or others. */
  readonly unsaved: string[];
  /** Names of collections whose tasks, order or link are not the acknowledged ones. */
  readonly disordered: string[];
  /** Images that were served, and are missing or damaged. */
  readonly lostImages: string[];
  /** Image files whose bytes are not those of their name, and rows without an intact file. */
  readonly partialImages: string[];
  /** Damage of the database, and rows out of step with the index. */
  readonly corrupt: string[];
  readonly images: number;
}

const AT_ONCE = 500;

export const NOTHING_FOUND: Findings = {
  ...{ lost: [], untracked: [], unmarked: [], unsaved: [], disordered: [], lostImages: [] },
  ...{ partialImages: [], corrupt: [], images: 0 },
};

/**
 * @param acknowledged what must be there
 * @param isFull reads every page, document and image; else what is new
 */
export async function checkMirror(
  { store, images, listTornImages, listDamage }: CheckedMirror,
  acknowledged: Acknowledged,
  isFull: boolean,
): Promise<Findings> {
  const archived = isFull ? await imageProblems(store, images) : { count: 0, problems: [] };
  return {
    lost: await lostDocuments(store, acknowledged.documents),
    untracked: await lostIds(store, acknowledged.trackedIds),
    unmarked: await lostMarks(store, acknowledged.marks),
    unsaved: await lostSearches(store, acknowledged.watchedSearches),
    disordered: await changedCollections(store, acknowledged.collections),
    lostImages: await lostImages(store, images, acknowledged.images),
    partialImages: isFull ? [...listTornImages(), ...archived.problems] : [],
    corrupt: isFull
      ? [...listDamage(), ...(await store.audit()).map(({ id, problem }) => `${id}: ${problem}`)]
      : [],
    images: archived.count,
  };
}

async function lostDocuments(store: Store, documents: ReadonlyMap<string, string>): Promise<string[]> {
  const ids = [...documents.keys()] as TaskId[];
  const lost: string[] = [];
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    const some = ids.slice(at, at + AT_ONCE);
    const stored = new Map((await store.getMany(some)).map(({ id, text }) => [id, sha256(text)]));
    lost.push(...some.filter((id) => stored.get(id) !== documents.get(id)));
  }
  return lost;
}

async function lostMarks(store: Store, marks: ReadonlyMap<string, string>): Promise<string[]> {
  const found = new Map((await store.marksOf([...marks.keys()] as TaskId[])).map((one) => [one.id, one]));
  return [...marks].flatMap(([id, sent]) => {
    const { starred, rating, tags, note, hidden } = found.get(id as TaskId) ?? {};
    return JSON.stringify({ starred, rating, tags, note, hidden }) === sent ? [] : [id];
  });
}

async function lostSearches(store: Store, searches: ReadonlyMap<string, WatchedSearch>): Promise<string[]> {
  const saved = new Map((await store.savedSearches()).map((one) => [one.id, one]));
  const webhooks = new Map((await store.webhooks()).map((one) => [one.id, one]));
  return [...searches.values()].flatMap(({ savedId, webhookId, word, secret }) => {
    const isSaved = saved.get(savedId)?.query === word;
    return isSaved && webhooks.get(webhookId)?.secret === secret ? [] : [word];
  });
}

/** Names of those that are in none of their possible states. */
async function changedCollections(
  store: Store,
  expected: ReadonlyMap<string, PossibleStates>,
): Promise<string[]> {
  const found = new Map<string, CollectionState>();
  for (const { id, name, link } of await store.collections(undefined)) {
    const places = await store.collectionTasks(id, undefined, MAX_COLLECTION_TASKS);
    found.set(name, { tasks: places.map((place) => place.id), link: link?.key ?? null });
  }
  return [...expected].flatMap(([name, possible]) =>
    possible.some((state) => isInState(found.get(name), state)) ? [] : [name],
  );
}

function isInState(found: CollectionState | undefined, state: PossibleStates[number]): boolean {
  if (!found || state === 'absent') return !found && state === 'absent';
  const hasLink = state.link === undefined ? found.link !== null : found.link === state.link;
  return hasLink && found.tasks.join(' ') === state.tasks.join(' ');
}

async function lostIds(store: Store, ids: ReadonlySet<string>): Promise<string[]> {
  const known = new Set<string>();
  for (let offset = 0; ; offset += AT_ONCE) {
    const { items } = await store.tracked({ limit: AT_ONCE, offset });
    for (const { id } of items) known.add(id);
    if (items.length < AT_ONCE) break;
  }
  const rest = [...ids].filter((id) => !known.has(id)) as TaskId[];
  for (let at = 0; at < rest.length; at += AT_ONCE)
    for (const { id } of await store.getMany(rest.slice(at, at + AT_ONCE))) known.add(id);
  return rest.filter((id) => !known.has(id));
}

async function lostImages(
  store: Store,
  images: CheckedMirror['images'],
  sha256s: ReadonlySet<string>,
): Promise<string[]> {
  const lost: string[] = [];
  for (const sha256 of sha256s) {
    const image = await store.image(sha256);
    if (!image || image.isMissing || (await verifyImage(images, image)) === undefined) lost.push(sha256);
  }
  return lost;
}

async function imageProblems(
  store: Store,
  files: CheckedMirror['images'],
): Promise<{ count: number; problems: string[] }> {
  const problems: string[] = [];
  let count = 0;
  for (let after = ''; ; ) {
    const images = await store.archivedImages(after);
    for (const image of images)
      if ((await verifyImage(files, image)) === undefined) problems.push(`no file: ${image.sha256}`);
    count += images.length;
    const last = images.at(-1);
    if (!last) return { count, problems };
    after = last.sha256;
  }
}
