/** Writes one document with its dependent rows: task, search row, tracking, images. Runs inside a transaction. */
import type { TaskDocument } from '../../task/document.ts';
import type { Batch, BatchResult } from '../contract/tasks.ts';
import { countReplacement, decideReplacement, isConfirmation, isStillRemoved } from '../rules/replacement.ts';
import { hashText } from '../rules/text-hash.ts';
import type { ImageStore } from './images.ts';
import type { MarkPlacement } from './marks/mark-placement.ts';
import type { Placement } from './placement.ts';
import type { SearchRows } from './search/search-rows.ts';
import type { WordStore } from './search/words.ts';
import { createTaskRow, type Present, type TaskStatements } from './task-statements.ts';
import type { Tracking } from './tracking.ts';
import type { FinishQueue } from './webhooks/finish-queue.ts';

export interface TaskWriterDeps {
  readonly statements: TaskStatements;
  readonly placement: Placement;
  readonly tracking: Pick<Tracking, 'add' | 'untrack'>;
  readonly words: Pick<WordStore, 'add'>;
  readonly images: Pick<ImageStore, 'enqueueImages' | 'requeueAll' | 'move' | 'deriveRatios'>;
  readonly marks: MarkPlacement;
  readonly finishQueue: Pick<FinishQueue, 'add'>;
  readonly searchRows: SearchRows;
}

export interface TaskWriter {
  /** Stores a document if the replacement rules allow it, and counts the outcome in `result`. */
  put(task: TaskDocument, batch: Batch, result: BatchResult): void;
  /** Stores a document whose id is not stored yet. */
  insert(task: TaskDocument, batch: Batch): void;
  /**
   * Updates a stored document to what the current rules read from it.
   * @param reading whether nothing but the cost may have changed, and the current time
   */
  reread(task: TaskDocument, stored: StoredVersion, reading: { isSame: boolean; nowMs: number }): void;
}

interface IndexOptions {
  /** Whether the prompt has not been stored before. */
  readonly isNew: boolean;
  readonly markTerms: string;
}

export type StoredVersion = Present & { readonly fetchedAt: number; readonly cost: number | null };

export function createTaskWriter({
  statements,
  placement,
  tracking,
  words,
  images,
  marks,
  finishQueue,
  searchRows,
}: TaskWriterDeps): TaskWriter {
  const index = (position: number, prompt: string, { isNew, markTerms }: IndexOptions): void => {
    const ofPrompt = searchRows.insert(position, prompt, markTerms);
    if (isNew) words.add(ofPrompt);
  };

  const finish = (
    task: TaskDocument,
    { fetchedAtMs, announces }: Pick<Batch, 'fetchedAtMs' | 'announces'>,
    { position, isStored }: { position: number; isStored: boolean },
  ): void => {
    const isAwaited = tracking.untrack(task.id) || isStored;
    if (announces === 'all' || (announces === 'awaited' && isAwaited)) finishQueue.add(task.id, fetchedAtMs);
    if (task.state === 'succeeded') images.enqueueImages(position, task, fetchedAtMs);
  };

  const insert = (task: TaskDocument, batch: Batch): void => {
    const position = placement.findPosition(task.createdAtMs);
    statements.insert.run(createTaskRow(task, batch, position));
    index(position, task.prompt, { isNew: true, markTerms: marks.attach(task.id, position) });
    if (task.state !== 'pending') finish(task, batch, { position, isStored: false });
    else if (batch.trackPendingAtMs !== undefined)
      tracking.add(task.id, batch.fetchedAtMs, batch.trackPendingAtMs);
  };

  const replace = (
    task: TaskDocument,
    batch: Pick<Batch, 'fetchedAtMs' | 'requestSeq' | 'announces'>,
    present: Present,
  ): void => {
    const moves = task.createdAtMs !== present.createdAt;
    const position = moves ? placement.findPosition(task.createdAtMs) : present.position;
    const values = createTaskRow(task, batch, position);
    statements.update.run(values);
    // An FTS row costs eight times as much as the rest, and the prompt almost never changes.
    const isNew = !present.promptHash.equals(values.promptHash);
    if (moves || isNew) {
      searchRows.remove(present.position);
      index(position, task.prompt, { isNew, markTerms: marks.readTerms(task.id) });
    }
    if (moves) {
      images.move(present.position, position);
      marks.move(present.position, position);
    }
    // Only a task that was considered finished too early can have images already.
    if (present.state === 'pending' && task.state === 'succeeded')
      images.requeueAll(position, task.artifactLinks.length, batch.fetchedAtMs);
    if (task.state !== 'pending') finish(task, batch, { position, isStored: true });
  };

  /** Records that the upstream sent the same text again. */
  const confirm = (task: TaskDocument, batch: Batch, present: Present): void => {
    if (!isConfirmation(present, batch.requestSeq)) return;
    statements.confirm.run({ id: task.id, fetchedAt: batch.fetchedAtMs, requestSeq: batch.requestSeq });
  };

  const putNew = (task: TaskDocument, batch: Batch, result: BatchResult): void => {
    const tombstone = statements.tombstone.get({ id: task.id });
    if (tombstone && isStillRemoved(tombstone.requestSeq, batch)) {
      result.kept += 1;
      return;
    }
    if (tombstone) statements.forgetTombstone.run({ id: task.id });
    insert(task, batch);
    result.inserted += 1;
  };

  /** Few rows have a cost, and the others need not be written. */
  const rereadSame = (task: TaskDocument, { position, cost, fetchedAt }: StoredVersion): void => {
    if (cost !== (task.cost ?? null)) statements.updateCost.run(task.cost ?? null, position);
    if (task.state === 'succeeded') images.enqueueImages(position, task, fetchedAt);
  };

  return {
    insert,
    reread: (task, stored, { isSame, nowMs }) => {
      images.deriveRatios(stored.position);
      const asStored = { fetchedAtMs: stored.fetchedAt, requestSeq: stored.requestSeq };
      if (!isSame) replace(task, asStored, stored);
      else rereadSame(task, stored);
      // It was considered finished too early.
      if (task.state === 'pending' && stored.state !== 'pending') tracking.add(task.id, nowMs, nowMs);
    },
    put: (task, batch, result) => {
      const present = statements.present.get({ id: task.id });
      if (!present) {
        putNew(task, batch, result);
        return;
      }
      const { state, requestSeq, hash } = present;
      const stored = { state, requestSeq, isSameText: hash.equals(hashText(task.text)) };
      const replacement = decideReplacement(stored, task, batch.requestSeq);
      if (replacement === 'replace') replace(task, batch, present);
      else if (replacement === 'same') confirm(task, batch, present);
      countReplacement(result, replacement);
    },
  };
}
