/**
 * The documents. The rule that keeps promise 1 has its home here, in `verdict`: a finished task is never replaced,
 * an older request never overwrites a newer one, and what was deleted does not come back by an answer under way.
 */
import { indexEntry } from '../../search/terms.ts';
import type { TaskDocument } from '../../task/document.ts';
import type { TaskId } from '../../task/id.ts';
import { noResult } from '../contract/batch-result.ts';
import type { Batch, BatchResult, JoinedTasks, Removal, StoredTask } from '../contract/tasks.ts';
import { type Sqlite, transaction } from './database.ts';
import type { Facts } from './facts.ts';
import type { ImageStore } from './images.ts';
import { freePosition, slotOf } from './position.ts';
import type { WordStore } from './search/words.ts';
import { type Present, prepareTaskStatements, type TaskStatements, taskRow } from './task-statements.ts';
import { textHash } from './text-hash.ts';
import type { Tracking } from './tracking.ts';
import { createTurnLoader } from './turn-loader.ts';

const NOTHING = new Uint8Array();

export interface TaskStore {
  get(id: TaskId): Promise<StoredTask | undefined>;
  getMany(ids: readonly TaskId[]): StoredTask[];
  joinFinished(ids: readonly TaskId[]): JoinedTasks;
  putBatch(batch: Batch): BatchResult;
  expectTask(task: TaskDocument, times: { nowMs: number; dueAtMs: number }): void;
  remove(id: TaskId): Removal;
}

/** The `fetchedAtMs` and `requestSeq` of a task of which only the request is known: any answer of the upstream is newer. */
const NEVER = 0;

export function createTaskStore(
  db: Sqlite,
  facts: Facts,
  tracking: Tracking,
  words: WordStore,
  images: ImageStore,
  requestSeq: () => number,
  onError: (error: unknown) => void,
): TaskStore {
  const statements = prepareTaskStatements(db);
  let drift = Number(facts.get('drift') ?? 0);

  const placeFor = (createdAtMs: number): number => {
    const position = freePosition(
      createdAtMs,
      (from, to) => statements.highest.get(from, to)?.highest ?? null,
    );
    if (position - slotOf(createdAtMs) > drift) {
      // Another process may have gone further meanwhile.
      drift = Math.max(position - slotOf(createdAtMs), Number(facts.get('drift') ?? 0));
      facts.set('drift', String(drift));
    }
    return position;
  };

  const index = (position: number, prompt: string): void => {
    const entry = indexEntry(prompt);
    statements.index.run(position, entry.terms);
    words.add(entry.words);
  };

  const insert = (task: TaskDocument, batch: Batch): void => {
    const position = placeFor(task.createdAtMs);
    statements.insert.run(taskRow(task, batch, position));
    index(position, task.prompt);
    if (task.state === 'pending') {
      if (batch.trackPendingAtMs !== undefined)
        tracking.add(task.id, batch.fetchedAtMs, batch.trackPendingAtMs);
    } else {
      finish(task, batch, position);
    }
  };

  const finish = (task: TaskDocument, batch: Batch, position: number): void => {
    tracking.untrack(task.id);
    if (task.state === 'succeeded') images.want(position, task.imageCount, batch.fetchedAtMs);
  };

  const replace = (task: TaskDocument, batch: Batch, present: Present): void => {
    const moves = task.createdAtMs !== present.createdAt;
    const position = moves ? placeFor(task.createdAtMs) : present.position;
    const values = taskRow(task, batch, position);
    statements.update.run(values);
    // An FTS row costs eight times as much as the rest, and the prompt almost never changes.
    if (moves || !present.promptHash.equals(values.promptHash)) {
      statements.unindex.run(present.position);
      index(position, task.prompt);
    }
    if (task.state !== 'pending') finish(task, batch, position);
  };

  const put = (task: TaskDocument, batch: Batch, result: BatchResult): void => {
    const present = statements.present.get({ id: task.id });
    if (!present) {
      const tombstone = statements.tombstone.get({ id: task.id });
      if (tombstone && (batch.isUnasked || tombstone.requestSeq >= batch.requestSeq)) {
        result.kept += 1;
        return;
      }
      if (tombstone) statements.forgetTombstone.run({ id: task.id });
      insert(task, batch);
      result.inserted += 1;
      return;
    }
    const decision = verdict(present, task, batch.requestSeq);
    if (decision === 'replace') {
      replace(task, batch, present);
      result.updated += 1;
    } else if (decision === 'same') {
      confirm(statements, task, batch, present);
      result.unchanged += 1;
    } else {
      result.kept += 1;
      if (decision === 'regression') result.regressions += 1;
    }
  };

  const loadMany = (ids: readonly TaskId[]): StoredTask[] => {
    const [only] = ids;
    if (ids.length > 1 || only === undefined) return statements.getMany.all(JSON.stringify(ids));
    const task = statements.get.get(only);
    return task ? [task] : [];
  };

  return {
    get: createTurnLoader<TaskId, StoredTask>(loadMany, onError),
    getMany: (ids) => loadMany([...new Set(ids)]),
    joinFinished: (ids) => {
      const joined = statements.joinFinished.get(JSON.stringify(ids));
      return {
        count: joined?.count ?? 0,
        text: joined?.text ?? NOTHING,
        fetchedAtMs: joined?.fetchedAtMs ?? undefined,
      };
    },
    putBatch: (batch) => {
      const result = noResult();
      words.transaction(() => {
        for (const settlement of batch.settlements ?? []) tracking.settle(settlement);
        for (const task of batch.documents) put(task, batch, result);
      });
      return result;
    },
    expectTask: (task, { nowMs, dueAtMs }) =>
      words.transaction(() => {
        const { id } = task;
        const present = statements.present.get({ id });
        if (!present && !statements.tombstone.get({ id }))
          insert(task, { documents: [], requestSeq: NEVER, fetchedAtMs: NEVER });
        if (!present || present.state === 'pending') tracking.add(id, nowMs, dueAtMs);
      }),
    remove: (id) =>
      transaction(db, () => {
        const present = statements.present.get({ id });
        const orphans = present ? images.release(present.position) : [];
        if (present) {
          statements.unindex.run(present.position);
          statements.remove.run(id);
        }
        statements.bury.run({ id, requestSeq: requestSeq() });
        const wasTracked = tracking.untrack(id);
        return { wasKnown: present !== undefined || wasTracked, orphans };
      }),
  };
}

/** What to do with a document of which another is stored. Pure. */
function verdict(
  present: Pick<Present, 'state' | 'requestSeq' | 'hash'>,
  task: TaskDocument,
  requestSeq: number,
): 'replace' | 'same' | 'older' | 'regression' {
  if (present.hash.equals(textHash(task.text)) && present.state === task.state) return 'same';
  if (present.state !== 'pending') return 'regression';
  // A finished document is final, so it is welcome however late it comes.
  if (task.state === 'pending' && requestSeq < present.requestSeq) return 'older';
  return 'replace';
}

/** The same text again: only an unfinished one needs to know that it was confirmed. */
function confirm(statements: TaskStatements, task: TaskDocument, batch: Batch, present: Present): void {
  if (present.state !== 'pending' || batch.requestSeq < present.requestSeq) return;
  statements.confirm.run({ id: task.id, fetchedAt: batch.fetchedAtMs, requestSeq: batch.requestSeq });
}
