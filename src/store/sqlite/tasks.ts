/** Reads, stores (in batches) and removes documents. What may replace what is decided in rules/replacement.ts. */
import type { TaskId } from '../../task/id.ts';
import { createEmptyResult } from '../contract/batch-result.ts';
import type { StoredTask, TaskStore } from '../contract/tasks.ts';
import { createBatchLoader } from './batch-loader.ts';
import { runInTransaction, type Sqlite } from './database.ts';
import type { ImageStore } from './images.ts';
import type { Metadata } from './metadata.ts';
import { createPlacement } from './placement.ts';
import type { RequestSeq } from './request-seq.ts';
import { createRereading } from './reread.ts';
import type { WordStore } from './search/words.ts';
import type { Synchronous } from './synchronous.ts';
import type { TaskPass } from './task-pass.ts';
import { prepareTaskStatements, type TaskStatements } from './task-statements.ts';
import { createTaskWriter } from './task-writer.ts';
import type { Tracking } from './tracking.ts';

const EMPTY = new Uint8Array();
/** The `fetchedAtMs` and `requestSeq` of a placeholder task: any response of the upstream is newer. */
const NEVER = 0;

export interface TaskStoreDeps {
  readonly db: Sqlite;
  readonly metadata: Metadata;
  readonly tracking: Tracking;
  readonly words: WordStore;
  readonly images: ImageStore;
  readonly requestSeq: Pick<RequestSeq, 'drawInTransaction'>;
  /** Called with errors of failed reads. */
  readonly onError: (error: unknown) => void;
}

type Documents = Synchronous<
  Pick<
    TaskStore,
    'getMany' | 'concatFinished' | 'storeDocuments' | 'addPlaceholder' | 'remove' | 'rereadSome'
  >
> & { get(id: TaskId): Promise<StoredTask | undefined>; beginRereading: TaskPass['begin'] };

export function createTaskStore({
  db,
  metadata,
  tracking,
  words,
  images,
  requestSeq,
  onError,
}: TaskStoreDeps): Documents {
  const statements = prepareTaskStatements(db);
  const placement = createPlacement(statements, metadata);
  const writer = createTaskWriter({ statements, placement, tracking, words, images });
  const load = createLoader(statements);

  /** Runs one transaction that may add documents. */
  const runStoring = (work: () => void): void => {
    try {
      words.transaction(work);
    } catch (error) {
      placement.rollBack();
      throw error;
    }
  };

  const rereading = createRereading(db, metadata, writer, runStoring);

  return {
    beginRereading: rereading.begin,
    rereadSome: rereading.runBatch,
    get: createBatchLoader<TaskId, StoredTask>(load, onError),
    getMany: (ids) => load([...new Set(ids)]),
    concatFinished: (ids) => {
      const result = statements.concatFinished.get(JSON.stringify(ids));
      return {
        count: result?.count ?? 0,
        text: result?.text ?? EMPTY,
        fetchedAtMs: result?.fetchedAtMs ?? undefined,
      };
    },
    storeDocuments: (batch) => {
      const result = createEmptyResult();
      runStoring(() => {
        for (const outcome of batch.outcomes ?? []) tracking.recordOutcome(outcome);
        for (const task of batch.documents) writer.put(task, batch, result);
      });
      return result;
    },
    addPlaceholder: (task, { nowMs, dueAtMs }) =>
      runStoring(() => {
        const { id } = task;
        const present = statements.present.get({ id });
        if (!present && !statements.tombstone.get({ id }))
          writer.insert(task, { documents: [], requestSeq: NEVER, fetchedAtMs: NEVER });
        if (!present || present.state === 'pending') tracking.add(id, nowMs, dueAtMs);
      }),
    remove: (id) =>
      runInTransaction(db, () => {
        const present = statements.present.get({ id });
        const orphans = present ? images.release(present.position) : [];
        if (present) {
          statements.unindex.run(present.position);
          statements.remove.run(id);
        }
        statements.addTombstone.run({ id, requestSeq: requestSeq.drawInTransaction() });
        const wasTracked = tracking.untrack(id);
        return { wasKnown: present !== undefined || wasTracked, orphans };
      }),
  };
}

function createLoader(statements: TaskStatements): (ids: readonly TaskId[]) => StoredTask[] {
  return (ids) => {
    const [only] = ids;
    if (ids.length > 1 || only === undefined) return statements.getMany.all(JSON.stringify(ids));
    const task = statements.get.get(only);
    return task ? [task] : [];
  };
}
