/** Opens the mirror in a PostgreSQL database and assembles the store. */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../../lib/clock.ts';
import { createEventBus } from '../../lib/event-bus.ts';
import type { TaskId } from '../../task/id.ts';
import type { StoreChange } from '../contract/changes.ts';
import { StoreError } from '../contract/errors.ts';
import type { Store } from '../contract/store.ts';
import type { StoredTask } from '../contract/tasks.ts';
import { announceStatus } from '../rules/status-changes.ts';
import { createAccessTokenStore } from './access-tokens.ts';
import { audit } from './audit.ts';
import { createBatchLoader } from './batch-loader.ts';
import { createCallbackStore } from './callbacks.ts';
import { createCircuitStore } from './circuit.ts';
import { createCollectionStore } from './collections/collection-store.ts';
import { foldCounts } from './counts.ts';
import { connect, type Postgres } from './database.ts';
import { describeDatabase } from './describe-database.ts';
import { getErrorMeaning, translateError, translateStream } from './errors.ts';
import { createFetchingStore } from './fetching.ts';
import { createIdFinder } from './find-ids.ts';
import { createHistoryStore } from './history.ts';
import { createImageStore } from './images/image-store.ts';
import { discardQueuedInputs } from './images/queue.ts';
import { createMarkStore } from './marks/mark-store.ts';
import { createCheckpointStore } from './metadata.ts';
import { type MigrationOptions, migrate, UnusableDatabase } from './migrate.ts';
import { createRereading } from './reread.ts';
import { createRunStore } from './runs.ts';
import { createSavedSearchStore } from './saved-searches.ts';
import { createReindexing } from './search/reindex.ts';
import { createSearchStore } from './search/search-store.ts';
import { createWordStore, type WordStore } from './search/words.ts';
import { createServers, readForeignVersion, type Servers } from './servers.ts';
import { readStats } from './stats.ts';
import { createStorageWatch } from './storage-watch.ts';
import { createTaskWriter } from './task-writer.ts';
import { createTaskLoader, createTaskStore } from './tasks.ts';
import { createTrackingStore } from './tracking.ts';
import { createTurnStore } from './turns.ts';
import { createWebhookStore } from './webhooks/webhook-store.ts';

export interface PostgresOptions {
  /** Never shown: it may have a password. */
  readonly url: string;
  /** Connections at a time. */
  readonly poolSize?: number;
  readonly clock: Clock;
  /** `server` serves the mirror, beside others; `command` works on it for a while; `reader` never writes. */
  readonly kind: 'server' | 'command' | 'reader';
  /** A reader that lives as long as the server: it keeps what it has counted. */
  readonly isResident?: boolean;
  /** Called while a search or a list is read; what it throws ends it. */
  readonly checkInterrupt?: () => void;
  /** How long a resident process waits for the answer to a statement, milliseconds. Default: ANSWER_TIMEOUT_MS. */
  readonly answerTimeoutMs?: number;
  /** Whether input images of stored tasks are queued for the archive; default: true. */
  readonly archivesInputs?: boolean;
}

export const DEFAULT_POOL_SIZE = 8;
/**
 * A network that swallows packets says nothing: without a limit, the connections of a server would be lost until TCP gives up after a
 * quarter of an hour. No statement of a server takes so long; a command's may.
 */
const ANSWER_TIMEOUT_MS = 60_000;

/**
 * Opens the store.
 * @throws UnusableDatabase, NoMirror
 */
export async function openPostgresStore(options: PostgresOptions): Promise<PostgresStore> {
  const { url, poolSize = DEFAULT_POOL_SIZE, kind, clock, answerTimeoutMs = ANSWER_TIMEOUT_MS } = options;
  const name = describeDatabase(url);
  const server = randomUUID();
  const isResident = kind === 'server' || options.isResident === true;
  let noteError = (_error: unknown): void => undefined;
  const connectPool = (size: number, timeoutMs: number | undefined) =>
    connect({
      ...{ url, poolSize: size, server, answerTimeoutMs: timeoutMs },
      onConnectionError: (error) => noteError(error),
    });
  const db = connectPool(poolSize, isResident ? answerTimeoutMs : undefined);
  try {
    const tables = { name, canWrite: kind !== 'reader' };
    if (kind === 'server') await migrateWithoutLimit(connectPool(1, undefined), tables);
    else await migrate(db, tables);
    const words = createWordStore(db);
    const servers = createServers(db, {
      kind: kind === 'server' ? 'server' : 'command',
      maintain: async () => {
        await words.flush();
        await foldCounts(db);
      },
    });
    if (kind === 'server') await ignoreUnwritable(servers.enter(clock.now()));
    if (kind === 'server' && options.archivesInputs === false)
      await ignoreUnwritable(discardQueuedInputs(db));
    const store = assemble(db, options, { words, servers });
    noteError = store.noteError;
    return store;
  } catch (error) {
    await db.close();
    throw translateOpeningError(error, name);
  }
}

/** A new index of a large table may take long. @param db a pool for this alone */
async function migrateWithoutLimit(db: Postgres, tables: MigrationOptions): Promise<void> {
  try {
    await migrate(db, tables);
  } finally {
    await db.close();
  }
}

/** Work that can wait: a database that takes no writes now must not prevent serving what is stored. */
async function ignoreUnwritable(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!/^(busy|full|read-only)$/.test(getErrorMeaning(error) ?? '')) throw error;
  }
}

/** What prevents opening is for the operator, in one line. */
function translateOpeningError(error: unknown, name: string): unknown {
  const translated = translateError(error);
  if (!(translated instanceof StoreError)) return translated;
  const { message, advice } = translated;
  const said = advice === undefined ? message : `${message}; ${advice}`;
  return new UnusableDatabase(`can't use ${name}: ${said}`, { cause: translated });
}

/** The store, of which every function that waits returns a promise. */
export type PostgresStore = ReturnType<typeof assemble>;

function assemble(
  db: Postgres,
  { kind, clock, archivesInputs = true, isResident = false, checkInterrupt }: PostgresOptions,
  { words, servers }: { words: WordStore; servers: Servers },
) {
  const storage = createStorageWatch(db);
  const changes = createEventBus<StoreChange>();
  const onChange = changes.emit;
  const writer = createTaskWriter({ archivesInputs });
  const load = createTaskLoader(db);

  let closing: Promise<void> | undefined;

  const { stream, ...listing } = createHistoryStore(db);
  const others = storage.watch({
    ...createTaskStore(db, { words, load, writer, onChange, now: () => clock.now() }),
    ...createIdFinder(db),
    ...listing,
    ...createSearchStore(db, { clock, words, keepsCounts: kind === 'reader' && isResident, checkInterrupt }),
    ...createReindexing(db, words),
    ...createRereading(db, { writer, words, archivesInputs }),
    ...createImageStore(db, { onChange }),
    ...createMarkStore(db, { words, onChange }),
    ...createCollectionStore(db),
    ...createSavedSearchStore(db),
    ...createWebhookStore(db),
    ...createCallbackStore(db),
    ...createTrackingStore(db),
    ...createRunStore(db),
    recordHeartbeat: servers.recordHeartbeat,
    readClock: servers.readClock,
    findServers: servers.findServers,
    ...createFetchingStore(db),
    ...createTurnStore(db),
    ...createCircuitStore(db),
    ...createAccessTokenStore(db),
    ...createCheckpointStore(db),
    stats: (nowMs: number) => readStats(db, nowMs),
    audit: () => audit(db),
    readForeignVersion: () => readForeignVersion(db),
  } satisfies Partial<Store>);
  return {
    ...announceStatus(others, changes.emit),
    // Watched for each statement, not for each of the many that wait for it.
    get: createBatchLoader<TaskId, StoredTask>(storage.watch({ load }).load),
    stream: () => translateStream(stream()),
    onChange: changes.subscribe,
    readStorageProblem: storage.readProblem,
    isAway: storage.isAway,
    damage: storage.damage,
    noteError: storage.note,
    close: () => {
      closing ??= close();
      return closing;
    },
  } satisfies Store;

  async function close(): Promise<void> {
    try {
      if (kind !== 'reader') await signOff();
    } finally {
      await db.close();
    }
  }

  /** Without a database, only word counts that may lag and this process's sign-off are lost. */
  async function signOff(): Promise<void> {
    try {
      await words.flush();
      await servers.unregister();
    } catch (error) {
      if (getErrorMeaning(error) === undefined) throw error;
    }
  }
}
