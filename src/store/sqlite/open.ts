/** Opens the mirror's database in a data directory and assembles the store. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Clock } from '../../lib/clock.ts';
import { createEventBus } from '../../lib/event-bus.ts';
import type { StoreChange } from '../contract/changes.ts';
import { NoMirror } from '../contract/errors.ts';
import type { Store } from '../contract/store.ts';
import { announceStatus } from '../rules/status-changes.ts';
import { createSuggestionRequest, suggestWords } from '../rules/suggest-within.ts';
import { createAccessTokenStore } from './access-tokens.ts';
import { readAccounts } from './accounts.ts';
import { createCallbackStore } from './callbacks.ts';
import { createCircuitStore } from './circuit.ts';
import { createCollectionStore } from './collections/collection-store.ts';
import { openDatabase, type Sqlite, setBusyTimeout } from './database.ts';
import { SqliteError } from './driver.ts';
import { isBusy, translateErrors, translateOpeningError, translateStream } from './errors.ts';
import { createFetchingStore } from './fetching.ts';
import { createIdFinder } from './find-ids.ts';
import { createHistoryStore } from './history.ts';
import { createImageStore } from './images.ts';
import { audit } from './integrity/audit.ts';
import { createDamageError, isDamage } from './integrity/damage.ts';
import { checkBeforeOpening } from './integrity/open-checks.ts';
import { defineInterruptFunction } from './interrupt.ts';
import { acquireLock, findOwner, type Lock } from './lock.ts';
import { createMarkStore } from './marks/mark-store.ts';
import { defineNoteFunction } from './marks/note-index.ts';
import { createMetadata } from './metadata.ts';
import { migrate, needsMigration } from './migrate.ts';
import { backUpBeforeMigration, type OnMigration } from './recovery/migration-backup.ts';
import { findForeignSchema } from './recovery/schema-check.ts';
import { createRequestSeq } from './request-seq.ts';
import { createRunStore } from './runs.ts';
import { createSavedSearchStore } from './saved-searches.ts';
import { sumActivity } from './search/activity.ts';
import { createCountStore } from './search/count-store.ts';
import { findEditChain } from './search/edit-chain.ts';
import { createIndexMerging } from './search/index-merging.ts';
import { defineLinkFunction } from './search/link-function.ts';
import { createMatching } from './search/matching.ts';
import { createNearPromptStore } from './search/near-prompts.ts';
import { definePromptFunction } from './search/prompt-function.ts';
import { createReindexing, readIndexedFrom } from './search/reindex.ts';
import { findSamePrompt } from './search/same-prompt.ts';
import { createSearchStore } from './search/search.ts';
import { createSimilarStore } from './search/similar.ts';
import { createWallStore } from './search/wall.ts';
import { createWordStore } from './search/words.ts';
import { createServers } from './servers.ts';
import { readStats } from './stats.ts';
import { createStorageWatch, describeStorageProblem } from './storage-problem.ts';
import { createTaskStore } from './tasks.ts';
import { createTracking } from './tracking.ts';
import { createUnusedImages } from './unused-images.ts';
import { createWebhookStore } from './webhooks/webhook-store.ts';
import { createWriteQueue } from './write-queue.ts';

export interface OpenOptions {
  readonly dataDir: string;
  readonly clock: Clock;
  /**
   * `owner` excludes other owners (the server). `writer` may write beside an owner, one transaction at a time
   * (commands), and excludes `restore`. `reader` never writes.
   */
  readonly mode: 'owner' | 'writer' | 'reader';
  /** A reader that lives as long as the server: it maps the file into memory, as the owner does. */
  readonly isResident?: boolean;
  /** Called while a search or a list is read; what it throws ends it. */
  readonly checkInterrupt?: () => void;
  readonly onMigration?: OnMigration;
  /** Whether input images of stored tasks are queued for the archive; default: true. */
  readonly archivesInputs?: boolean;
}

/**
 * Opens the store.
 * @throws DirectoryInUse, NewerDatabase, NoMirror, MigrationRefused, RestoreInterrupted, DamagedDatabase before any write
 */
export async function openStore(options: OpenOptions): Promise<Store> {
  try {
    return await open(options);
  } catch (error) {
    throw translateOpeningError(error);
  }
}

async function open(options: OpenOptions): Promise<Store> {
  const { dataDir, mode } = options;
  const file = join(dataDir, 'mirror.db');
  const lock = checkBeforeOpening(options);
  try {
    const db = openDatabase(file, {
      readonly: mode === 'reader',
      isMapped: mode === 'owner' || options.isResident === true,
      checkInterrupt: options.checkInterrupt,
    });
    try {
      await bringUpToDate(db, options);
      return assemble(db, options, lock);
    } catch (error) {
      const broken = findBrokenSchema(db, error);
      db.raw.close();
      throw broken === undefined ? error : createDamageError(dataDir, broken, error);
    }
  } catch (error) {
    lock?.release();
    throw isDamage(error) ? createDamageError(dataDir, error.message, error) : error;
  }
}

/** Why a statement can't be prepared: a name in the text of the schema may have changed, which is no damage for SQLite. */
function findBrokenSchema({ raw }: Sqlite, error: unknown): string | undefined {
  const isUnprepared = error instanceof SqliteError && error.code === 'SQLITE_ERROR';
  return isUnprepared ? findForeignSchema(raw) : undefined;
}

async function bringUpToDate(db: Sqlite, { dataDir, clock, mode, onMigration }: OpenOptions): Promise<void> {
  if (!needsMigration(db)) return;
  if (mode === 'reader') {
    throw new NoMirror(
      `the mirror in ${dataDir} is of an older version: start \`flux-mirror serve\` once to update it`,
    );
  }
  // Migrating under a running server would change the tables under its prepared statements.
  const own = mode === 'writer' ? acquireLock(dataDir, clock.now()) : undefined;
  try {
    if (!needsMigration(db)) return;
    await backUpBeforeMigration(db, dataDir, onMigration);
    migrate(db);
  } finally {
    own?.release();
  }
}

/** Nothing is served any more then. */
const CLOSE_TIMEOUT_MS = 1000;

/**
 * Runs work that can wait for the next startup: neither a full disk nor another process that writes must prevent serving what is
 * stored.
 */
function ignoreUnwritable(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!isBusy(error) && describeStorageProblem(error) === undefined) throw error;
  }
}

/** The functions whose errors are recorded by the storage watch. */
type Watched = Omit<
  Store,
  'get' | 'readStorageProblem' | 'isAway' | 'damage' | 'noteError' | 'onChange' | 'close'
>;

function assemble(
  db: Sqlite,
  { dataDir, mode, isResident, clock, archivesInputs = true }: OpenOptions,
  lock: Lock | undefined,
): Store {
  const metadata = createMetadata(db);
  const writes = createWriteQueue();
  const storage = createStorageWatch(db, writes);
  const self = {
    name: randomUUID(),
    kind: mode === 'owner' ? ('server' as const) : ('command' as const),
    startedAt: clock.now(),
  };
  const tracking = createTracking(db, self.name);
  const requestSeq = createRequestSeq(db, metadata, writes, storage.note);
  const runs = createRunStore(db, self.name);
  const servers = createServers(db, self, () => {
    tracking.releaseOrphans();
    runs.closeInterrupted();
  });
  const circuit = createCircuitStore(db, metadata);
  const words = createWordStore(db);
  const changes = createEventBus<StoreChange>();
  const unused = createUnusedImages(db);
  const images = createImageStore(db, { onChange: changes.emit, archivesInputs, unused });
  if (mode === 'owner' && !archivesInputs) images.discardQueuedInputs();
  const callbacks = createCallbackStore(db);
  const tasks = createTaskStore({
    db,
    metadata,
    tracking,
    words,
    images,
    requestSeq,
    now: () => clock.now(),
    onChange: changes.emit,
    onError: storage.note,
  });
  const readMaxDisplacement = () => Number(metadata.get('drift') ?? 0);
  const history = createHistoryStore(db, readMaxDisplacement);
  const tokens = createAccessTokenStore(db, metadata);
  const reindexing = createReindexing(db, metadata, words);
  if (mode !== 'reader') {
    reindexing.begin({ isOwner: mode === 'owner' });
    tasks.beginRereading({ isOwner: mode === 'owner' });
  }
  definePromptFunction(db);
  defineLinkFunction(db);
  defineNoteFunction(db);
  defineInterruptFunction(db);
  const readIndexState = () => ({
    maxDisplacement: readMaxDisplacement(),
    indexedFromMs: readIndexedFrom(db, metadata),
  });
  const { search } = createSearchStore(db, readIndexState);
  if (mode === 'owner') {
    ignoreUnwritable(() => {
      servers.replaceServers();
      // For tokens created before this metadata key existed.
      if (tokens.requiresToken() && metadata.get('closed') === undefined) metadata.set('closed', 'true');
    });
  }
  const others = storage.watch<Watched>({
    getMany: tasks.getMany,
    findIds: createIdFinder(db).findIds,
    concatFinished: tasks.concatFinished,
    storeDocuments: tasks.storeDocuments,
    addPlaceholder: tasks.addPlaceholder,
    remove: tasks.remove,
    removeMany: tasks.removeMany,
    list: history.list,
    countUpTo: history.countUpTo,
    stream: () => translateStream(history.stream()),
    search,
    ...createCountStore(db, readIndexState, { clock, isKept: mode === 'reader' && isResident === true }),
    ...createWallStore(db, readIndexState),
    activity: (request) => sumActivity(db, request, readMaxDisplacement()),
    findSimilar: createSimilarStore(db, readIndexState).findSimilar,
    ...createNearPromptStore(db, readIndexState),
    findChain: (id, within) => findEditChain(db, id, within),
    findMatching: createMatching(db, readMaxDisplacement),
    findSamePrompt: (request) => findSamePrompt(db, request, readMaxDisplacement()),
    suggest: (prefix, limit, within) =>
      within
        ? suggestWords(search(createSuggestionRequest(within, prefix)), prefix, limit)
        : words.suggest(prefix, limit),
    reindexSome: () => reindexing.runBatch(clock.now()),
    mergeIndexSome: createIndexMerging(db).mergeSome,
    rereadSome: tasks.rereadSome,
    claimImages: images.claimImages,
    countDueImages: images.countDueImages,
    archiveImage: images.archiveImage,
    failImage: images.failImage,
    deferImages: images.deferImages,
    image: images.image,
    newestImages: images.newestImages,
    archivedImages: images.archivedImages,
    recordMissingImages: images.recordMissingImages,
    recordFoundImages: images.recordFoundImages,
    countMissingImages: images.countMissingImages,
    imagesOf: images.imagesOf,
    inputImagesOf: images.inputImagesOf,
    ratiosOf: images.ratiosOf,
    reserveImage: unused.reserveImage,
    claimUnusedImages: unused.claimUnusedImages,
    discardUnusedImages: unused.discardUnusedImages,
    imageStats: images.imageStats,
    failingImages: images.failingImages,
    ...createMarkStore(db, { words, onChange: changes.emit }),
    ...createCollectionStore(db),
    ...createSavedSearchStore(db),
    ...createWebhookStore(db, metadata),
    ...callbacks,
    ...tokens,
    accounts: () => readAccounts(db),
    readCheckpoint: (name) => metadata.get(`bookmark ${name}`),
    setCheckpoint: (name, text) => metadata.set(`bookmark ${name}`, text),
    addCheckpoint: (name, text) => metadata.add(`bookmark ${name}`, text),
    nextRequestSeq: requestSeq.next,
    track: tracking.track,
    untrack: tracking.untrack,
    tracked: tracking.tracked,
    claimDue: tracking.claimDue,
    release: tracking.release,
    countDue: tracking.countDue,
    filterTracked: tracking.filterTracked,
    startRun: runs.startRun,
    endRun: runs.endRun,
    runs: runs.runs,
    recordHeartbeat: servers.recordHeartbeat,
    readClock: () => undefined,
    findServers: () => [findOwner(dataDir) ?? []].flat(),
    ...createFetchingStore(),
    // One server at a time has the directory.
    takeTurn: () => true,
    endTurn: () => undefined,
    ...circuit,
    stats: (nowMs) => readStats(db, tracking, { nowMs, maxDisplacement: readMaxDisplacement() }),
    audit: () => audit(db),
    readForeignVersion: () => Number(db.raw.pragma('data_version', { simple: true })),
  });
  if (mode !== 'reader') setBusyTimeout(db, 0); // from here on, writes wait in the queue
  const closeNow = () => {
    if (!db.raw.open) return;
    try {
      // On a full or locked disk, only word counts that may lag and this process's sign-off are lost.
      if (mode !== 'reader') {
        setBusyTimeout(db, CLOSE_TIMEOUT_MS);
        translateErrors(() =>
          ignoreUnwritable(() => {
            words.flush();
            servers.unregister();
          }),
        );
      }
    } finally {
      db.raw.close();
      lock?.release();
    }
  };
  return {
    get: tasks.get, // the hot path: not wrapped, since it reports its errors itself
    ...announceStatus(others, changes.emit),
    onChange: changes.subscribe,
    readStorageProblem: storage.readProblem,
    isAway: () => false,
    damage: storage.damage,
    noteError: storage.note,
    close: () => writes.drain()?.then(closeNow) ?? closeNow(),
  };
}
