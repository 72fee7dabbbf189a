/** Reads, stores (in batches) and removes documents. What may replace what is decided in rules/replacement.ts. */
import type { TaskDocument } from '../../task/document.ts';
import type { TaskId } from '../../task/id.ts';
import { createEmptyResult } from '../contract/batch-result.ts';
import type { TaskChange } from '../contract/changes.ts';
import type { Batch, BatchResult, Removal, StoredTask, TaskStore } from '../contract/tasks.ts';
import { createBatchLoader } from './batch-loader.ts';
import { createCallbackForgetter } from './callbacks.ts';
import { runInTransaction, type Sqlite } from './database.ts';
import { concernsOneRow } from './errors.ts';
import type { ImageStore } from './images.ts';
import { createMarkPlacement } from './marks/mark-placement.ts';
import type { Metadata } from './metadata.ts';
import { createPlacement } from './placement.ts';
import type { RequestSeq } from './request-seq.ts';
import { createRereading } from './reread.ts';
import { createSearchRows } from './search/search-rows.ts';
import type { WordStore } from './search/words.ts';
import type { Synchronous } from './synchronous.ts';
import { createOwnerReader } from './task-owner.ts';
import type { TaskPass } from './task-pass.ts';
import { prepareTaskStatements, type TaskStatements } from './task-statements.ts';
import { createTaskWriter } from './task-writer.ts';
import type { Tracking } from './tracking.ts';
import { createFinishQueue } from './webhooks/finish-queue.ts';

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
  readonly now: () => number;
  /** Called after each change of a task. */
  readonly onChange: (change: TaskChange) => void;
  /** Called with errors of failed reads. */
  readonly onError: (error: unknown) => void;
}

type Documents = Synchronous<
  Pick<
    TaskStore,
    | 'getMany'
    | 'concatFinished'
    | 'storeDocuments'
    | 'addPlaceholder'
    | 'remove'
    | 'removeMany'
    | 'rereadSome'
  >
> & { get(id: TaskId): Promise<StoredTask | undefined>; beginRereading: TaskPass['begin'] };

export function createTaskStore({
  db,
  metadata,
  tracking,
  words,
  images,
  requestSeq,
  now,
  onChange,
  onError,
}: TaskStoreDeps): Documents {
  const statements = prepareTaskStatements(db);
  const placement = createPlacement(statements, metadata);
  const marks = createMarkPlacement(db);
  const searchRows = createSearchRows(db);
  const finishQueue = createFinishQueue(db);
  const forgetCallbacks = createCallbackForgetter(db);
  const writer = createTaskWriter({
    ...{ statements, placement, tracking, words, images, marks, finishQueue, searchRows },
  });
  const load = createLoader(statements);
  const readOwner = createOwnerReader(db);

  /** Runs one transaction that may add documents. */
  const runStoring = (work: () => void): void => {
    try {
      words.transaction(work);
    } catch (error) {
      placement.rollBack();
      throw error;
    }
  };

  const storeAll = (batch: Batch, put: (task: TaskDocument, result: BatchResult) => void): BatchResult => {
    const result = createEmptyResult();
    const changed: TaskDocument[] = [];
    runStoring(() => {
      for (const outcome of batch.outcomes ?? []) tracking.recordOutcome(outcome);
      for (const task of batch.documents) {
        const before = result.inserted + result.updated;
        put(task, result);
        if (result.inserted + result.updated > before) changed.push(task);
      }
    });
    for (const task of changed) onChange(describeStored(task));
    return result;
  };

  /** @returns why the document can't be stored, undefined if it was. @throws errors of the database */
  const putAlone = (task: TaskDocument, batch: Batch, result: BatchResult): unknown => {
    const before = { ...result };
    try {
      words.savepoint(() => writer.put(task, batch, result));
      return undefined;
    } catch (error) {
      if (!concernsOneRow(error)) throw error;
      placement.rollBack();
      Object.assign(result, before);
      return error;
    }
  };

  /** Inside a transaction. @returns what to tell of when it is committed */
  const removeOne = (id: TaskId): { removal: Removal; change: TaskChange | undefined } => {
    const present = statements.present.get({ id });
    const owner = readOwner(id);
    const orphans = present ? images.release(present.position, now()) : [];
    if (present) {
      searchRows.remove(present.position);
      statements.remove.run(id);
    }
    marks.forget(id);
    statements.addTombstone.run({ id, requestSeq: requestSeq.drawInTransaction() });
    const wasTracked = tracking.untrack(id);
    return {
      removal: { wasKnown: present !== undefined || wasTracked, orphans },
      change: present && { kind: 'task', id, state: 'removed', createdAtMs: present.createdAt, owner },
    };
  };

  const removeAll = (ids: readonly TaskId[]): Removal[] => {
    const removed = runInTransaction(db, () => {
      finishQueue.forget(ids);
      forgetCallbacks(ids);
      return ids.map(removeOne);
    });
    for (const { change } of removed) if (change) onChange(change);
    return removed.map(({ removal }) => removal);
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
      try {
        return storeAll(batch, (task, result) => writer.put(task, batch, result));
      } catch (error) {
        if (!concernsOneRow(error)) throw error;
      }
      // A document is at fault. Tried one by one only now, because that costs a savepoint each.
      const unusable: { id: TaskId; error: unknown }[] = [];
      const result = storeAll(batch, (task, stored) => {
        const error = putAlone(task, batch, stored);
        if (error !== undefined) unusable.push({ id: task.id, error });
      });
      return { ...result, unusable };
    },
    addPlaceholder: (task, { nowMs, dueAtMs }) => {
      let isNew = false;
      runStoring(() => {
        const { id } = task;
        const present = statements.present.get({ id });
        isNew = !present && !statements.tombstone.get({ id });
        if (isNew) writer.insert(task, { documents: [], requestSeq: NEVER, fetchedAtMs: NEVER });
        if (!present || present.state === 'pending') tracking.add(id, nowMs, dueAtMs);
      });
      if (isNew) onChange(describeStored(task));
    },
    remove: (id) => {
      const [removal] = removeAll([id]);
      return removal ?? { wasKnown: false, orphans: [] };
    },
    removeMany: removeAll,
  };
}

function describeStored({ id, state, createdAtMs, userId, applicationId }: TaskDocument): TaskChange {
  return { kind: 'task', id, state, createdAtMs, owner: { userId, applicationId } };
}

function createLoader(statements: TaskStatements): (ids: readonly TaskId[]) => StoredTask[] {
  return (ids) => {
    const [only] = ids;
    if (ids.length > 1 || only === undefined) return statements.getMany.all(JSON.stringify(ids));
    const task = statements.get.get(only);
    return task ? [task] : [];
  };
}
