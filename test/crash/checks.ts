/** Looks at what a killed mirror left behind: through the store, as the next start would. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createImageFiles } from '../../src/archive/files.ts';
import { verifyImage } from '../../src/archive/intact-images.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { MAX_COLLECTION_TASKS } from '../../src/store/contract/collections.ts';
import type { Store } from '../../src/store/contract/store.ts';
import { listIntegrityProblems } from '../../src/store/sqlite/integrity/damage.ts';
import { openStore } from '../../src/store/sqlite/open.ts';
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
  /** Image files whose bytes are not those of their name, and rows without an intact file. */
  readonly partialImages: string[];
  /** Damage of the database, and rows out of step with the index. */
  readonly corrupt: string[];
  readonly images: number;
}

const AT_ONCE = 500;

/**
 * @param acknowledged what must be there
 * @param isFull reads every page, document and image; else what is new
 */
export async function checkMirror(
  dataDir: string,
  acknowledged: Acknowledged,
  isFull: boolean,
): Promise<Findings> {
  // Opening as owner checks the structure and every document's hash.
  let store: Store;
  try {
    store = await openStore({ dataDir, clock: systemClock, mode: 'owner' });
  } catch (error) {
    const none = {
      ...{ lost: [], untracked: [], unmarked: [], unsaved: [], disordered: [], partialImages: [] },
    };
    return { ...none, corrupt: [String(error)], images: 0 };
  }
  try {
    const images = isFull ? await imageProblems(store, dataDir) : { count: 0, problems: [] };
    return {
      lost: await lostDocuments(store, acknowledged.documents),
      untracked: await lostIds(store, acknowledged.trackedIds),
      unmarked: await lostMarks(store, acknowledged.marks),
      unsaved: await lostSearches(store, acknowledged.watchedSearches),
      disordered: await changedCollections(store, acknowledged.collections),
      partialImages: images.problems,
      corrupt: isFull
        ? [
            ...listIntegrityProblems(dataDir, 5),
            ...(await store.audit()).map(({ id, problem }) => `${id}: ${problem}`),
          ]
        : [],
      images: images.count,
    };
  } finally {
    await store.close();
  }
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

async function imageProblems(store: Store, dataDir: string): Promise<{ count: number; problems: string[] }> {
  const problems: string[] = [];
  const folder = join(dataDir, 'images');
  const places = existsSync(folder) ? readdirSync(folder).filter((name) => /^[0-9a-f]{2}$/.test(name)) : [];
  for (const place of places) {
    for (const name of readdirSync(join(folder, place)))
      if (sha256(readFileSync(join(folder, place, name))) !== name.split('.')[0])
        problems.push(`torn: ${name}`);
  }
  const files = createImageFiles(dataDir);
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
