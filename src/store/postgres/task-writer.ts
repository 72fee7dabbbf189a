/**
 * Writes documents with their dependent rows: task, search row, tracking, images. In a transaction that holds their ids, one statement a
 * table.
 */
import { waitForAll } from '../../lib/wait-for-all.ts';
import type { TaskDocument } from '../../task/document.ts';
import type { TaskState } from '../../task/state.ts';
import type { TaskMarks } from '../contract/marks.ts';
import type { Batch, BatchResult } from '../contract/tasks.ts';
import { countReplacement, decideReplacement, isConfirmation, isStillRemoved } from '../rules/replacement.ts';
import { hashText } from '../rules/text-hash.ts';
import { numberParams } from './conditions.ts';
import type { Queryable } from './database.ts';
import { enqueueImages, type QueuedTask, requeueImages } from './images/queue.ts';
import { readMarks } from './marks/read-marks.ts';
import { buildRows } from './rows.ts';
import type { IndexEntry } from './search/index-entry.ts';
import { createEntry, type SearchRow, storeSearchRows } from './search/store-prompts.ts';
import { hashPrompt, type ReceivedDocument, TASK_COLUMNS } from './task-row.ts';
import { addTracked, removeTracked } from './tracking.ts';
import { addFinished } from './webhooks/finish-queue.ts';

export interface TaskWriterDeps {
  /** Whether input images are queued. */
  readonly archivesInputs: boolean;
}

/** What a transaction has done. */
export interface Written {
  readonly result: BatchResult;
  /** To be told of when it is committed. */
  readonly changed: TaskDocument[];
  /** The words of its search rows: to be learned at the end of the transaction (see search/words.ts). */
  readonly words: Set<string>;
  /** The words of each prompt that had not been stored before: to be counted when it is committed. */
  readonly newPrompts: ReadonlySet<string>[];
}

/** The columns of a stored task that decide whether another may replace it, and what else is to be written. */
export interface StoredVersion {
  readonly id: string;
  readonly arrival: number;
  readonly state: TaskState;
  readonly createdAt: number;
  readonly requestSeq: number;
  readonly hash: Buffer;
  readonly promptHash: Buffer;
}

/** A document that takes the place of a stored one. */
export interface ReplacingDocument extends ReceivedDocument {
  readonly stored: StoredVersion;
}

type Origin = Pick<Batch, 'fetchedAtMs' | 'announces' | 'trackPendingAtMs'>;

export interface TaskWriter {
  /** Stores documents with different ids where the replacement rules allow it. */
  put(tx: Queryable, documents: readonly TaskDocument[], batch: Batch, written: Written): Promise<void>;
  /** Stores documents whose ids are not stored yet. */
  insert(
    tx: Queryable,
    documents: readonly ReceivedDocument[],
    origin: Origin,
    written: Written,
  ): Promise<void>;
  replace(
    tx: Queryable,
    documents: readonly ReplacingDocument[],
    origin: Pick<Origin, 'announces'>,
    written: Written,
  ): Promise<void>;
}

export function createTaskWriter({ archivesInputs }: TaskWriterDeps): TaskWriter {
  /** @param isNew whether a prompt had not been stored before */
  const index = async (
    tx: Queryable,
    rows: readonly (SearchRow & { isNew: boolean })[],
    written: Written,
  ): Promise<void> => {
    for (const { entry, isNew } of rows) {
      for (const word of [...entry.ofPrompt, ...entry.ofNote]) written.words.add(word);
      if (isNew) written.newPrompts.push(entry.ofPrompt);
    }
    await storeSearchRows(tx, rows);
  };

  /** @param finished each with the key of its row, and whether it was stored before */
  const finish = async (
    tx: Queryable,
    finished: readonly (ReceivedDocument & { key: number; isStored: boolean })[],
    { announces }: Pick<Origin, 'announces'>,
  ): Promise<void> => {
    if (finished.length === 0) return;
    const ids = finished.map(({ task }) => task.id);
    const succeeded = finished.filter(({ task }) => task.state === 'succeeded');
    const [untracked] = await waitForAll([
      removeTracked(tx, ids),
      enqueueImages(tx, succeeded.map(queue), archivesInputs),
    ]);
    const awaited = finished.filter(({ task, isStored }) => isStored || untracked.has(task.id));
    const announced = announces === 'all' ? finished : announces === 'awaited' ? awaited : [];
    await addFinished(
      tx,
      announced.map(({ task }) => task.id),
      announced[0]?.fetchedAtMs ?? 0,
    );
  };

  const insert: TaskWriter['insert'] = async (tx, documents, origin, written) => {
    if (documents.length === 0) return;
    const [keys, entries] = await waitForAll([insertTasks(tx, documents), prepareEntries(documents)]);
    const inserted = documents.map((received, at) => ({
      ...{ ...received, key: keys.get(received.task.id) ?? 0, isStored: false },
      entry: entries[at] ?? prepareEntry(received),
    }));
    const finished = inserted.filter(({ task }) => task.state !== 'pending');
    const pending = inserted.filter(({ task }) => task.state === 'pending');
    await waitForAll([
      index(
        tx,
        inserted.map((row) => ({ ...createSearchRow(row), isNew: true })),
        written,
      ),
      finish(tx, finished, origin),
      track(
        tx,
        pending.map(({ task }) => task.id),
        origin,
      ),
    ]);
  };

  const replace: TaskWriter['replace'] = async (tx, documents, origin, written) => {
    if (documents.length === 0) return;
    const moved = documents
      .map((received) => ({
        received,
        isNew: !hashPrompt(received.task.prompt).equals(received.stored.promptHash),
      }))
      .filter(({ received: { task, stored }, isNew }) => isNew || task.createdAtMs !== stored.createdAt);
    const movedIds = moved.map(({ received }) => received.task.id);
    const [, marks] = await waitForAll([updateTasks(tx, documents), readMarks(tx, movedIds)]);
    const finished = documents
      .filter(({ task }) => task.state !== 'pending')
      .map((received) => ({ ...received, key: received.stored.arrival, isStored: true }));
    // Only a task that was considered finished too early can have images already.
    const again = finished.filter(
      ({ task, stored }) => stored.state === 'pending' && task.state === 'succeeded',
    );
    await waitForAll([
      index(
        tx,
        moved.map(({ received, isNew }) => {
          const entry = prepareEntry(received, marks.get(received.task.id));
          return { ...createSearchRow({ ...received, key: received.stored.arrival, entry }), isNew };
        }),
        written,
      ),
      requeueImages(tx, again.map(queue)).then(() => finish(tx, finished, origin)),
    ]);
  };

  return {
    insert,
    replace,
    put: async (tx, documents, batch, written) => {
      const { requestSeq, fetchedAtMs } = batch;
      const known = await readVersions(
        tx,
        documents.map(({ id }) => id),
      );
      const receive = (task: TaskDocument): ReceivedDocument => ({ task, requestSeq, fetchedAtMs });
      const plan = planBatch(documents, batch, known, written.result);
      await waitForAll([
        confirmTasks(tx, plan.confirmed, batch),
        forgetTombstones(tx, plan.returned),
        insert(tx, plan.inserted.map(receive), batch, written),
        replace(
          tx,
          plan.replacing.map(({ task, stored }) => ({ ...receive(task), stored })),
          batch,
          written,
        ),
      ]);
      written.changed.push(...plan.changed);
    },
  };
}

/** Tracks new tasks that are pending, if they are to be. */
async function track(
  tx: Queryable,
  ids: readonly string[],
  { trackPendingAtMs, fetchedAtMs }: Origin,
): Promise<void> {
  if (trackPendingAtMs === undefined) return;
  await addTracked(tx, ids, { nowMs: fetchedAtMs, dueAtMs: trackPendingAtMs });
}

interface Plan {
  readonly inserted: TaskDocument[];
  readonly replacing: { readonly task: TaskDocument; readonly stored: StoredVersion }[];
  /** Ids of documents that were sent again as they are. */
  readonly confirmed: string[];
  /** Ids of removed tasks that are stored again. */
  readonly returned: string[];
  readonly changed: TaskDocument[];
}

type KnownVersion = Partial<StoredVersion> & { readonly id: string; readonly removedAtSeq: number | null };

/** Decides what becomes of each document, and counts it. */
function planBatch(
  documents: readonly TaskDocument[],
  batch: Batch,
  known: ReadonlyMap<string, KnownVersion>,
  result: BatchResult,
): Plan {
  const plan: Plan = { inserted: [], replacing: [], confirmed: [], returned: [], changed: [] };
  for (const task of documents) {
    const version = known.get(task.id);
    const stored = version && isStored(version) ? version : undefined;
    if (!stored) {
      const removedAtSeq = version?.removedAtSeq ?? undefined;
      if (removedAtSeq !== undefined && isStillRemoved(removedAtSeq, batch)) {
        result.kept += 1;
        continue;
      }
      if (removedAtSeq !== undefined) plan.returned.push(task.id);
      plan.inserted.push(task);
      plan.changed.push(task);
      result.inserted += 1;
      continue;
    }
    const isSameText = stored.hash.equals(hashText(task.text));
    const replacement = decideReplacement({ ...stored, isSameText }, task, batch.requestSeq);
    countReplacement(result, replacement);
    if (replacement === 'replace') {
      plan.replacing.push({ task, stored });
      plan.changed.push(task);
    } else if (replacement === 'same' && isConfirmation(stored, batch.requestSeq))
      plan.confirmed.push(task.id);
  }
  return plan;
}

function isStored(version: KnownVersion): version is KnownVersion & StoredVersion {
  return version.arrival !== undefined && version.arrival !== null;
}

async function readVersions(
  tx: Queryable,
  ids: readonly string[],
): Promise<ReadonlyMap<string, KnownVersion>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.query<KnownVersion>(
    `SELECT asked.id AS id, arrival, state, created_at AS "createdAt", tasks.request_seq AS "requestSeq", hash,
       prompt_hash AS "promptHash", removed.request_seq AS "removedAtSeq"
     FROM unnest($1::text[]) AS asked (id) LEFT JOIN tasks ON tasks.id = asked.id LEFT JOIN removed ON removed.id = asked.id
     WHERE tasks.id IS NOT NULL OR removed.id IS NOT NULL`,
    [ids],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** In their order, which is that of ties in time. @returns the keys of their rows by id */
async function insertTasks(
  tx: Queryable,
  documents: readonly ReceivedDocument[],
): Promise<ReadonlyMap<string, number>> {
  const { sql, params } = buildRows('received', TASK_COLUMNS, documents);
  const names = Object.keys(TASK_COLUMNS).join(', ');
  const rows = await tx.query<{ id: string; arrival: number }>(
    numberParams(
      `INSERT INTO tasks (${names}) SELECT ${names} FROM ${sql} ORDER BY position RETURNING id, arrival`,
    ),
    params,
  );
  return new Map(rows.map(({ id, arrival }) => [id, arrival]));
}

async function updateTasks(tx: Queryable, documents: readonly ReceivedDocument[]): Promise<void> {
  const { sql, params } = buildRows('received', TASK_COLUMNS, documents);
  const { id: _, ...columns } = TASK_COLUMNS;
  const values = Object.keys(columns).map((name) => `${name} = received.${name}`);
  await tx.execute(
    numberParams(`UPDATE tasks SET ${values.join(', ')} FROM ${sql} WHERE tasks.id = received.id`),
    params,
  );
}

/** Records that the upstream sent the same texts again. */
async function confirmTasks(
  tx: Queryable,
  ids: readonly string[],
  { fetchedAtMs, requestSeq }: Batch,
): Promise<void> {
  if (ids.length === 0) return;
  await tx.execute('UPDATE tasks SET fetched_at = $2, request_seq = $3 WHERE id = ANY($1::text[])', [
    ids,
    fetchedAtMs,
    requestSeq,
  ]);
}

async function forgetTombstones(tx: Queryable, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await tx.execute('DELETE FROM removed WHERE id = ANY($1::text[])', [ids]);
}

/** Asynchronous, to be called while the database works: it takes as long as a statement. */
async function prepareEntries(documents: readonly ReceivedDocument[]): Promise<IndexEntry[]> {
  return documents.map((received) => prepareEntry(received));
}

function prepareEntry({ task }: ReceivedDocument, marks?: TaskMarks): IndexEntry {
  return createEntry({ prompt: task.prompt, createdAtMs: task.createdAtMs, marks });
}

function createSearchRow({
  task,
  key,
  entry,
}: ReceivedDocument & { key: number; entry: IndexEntry }): SearchRow {
  return { task: key, id: task.id, createdAtMs: task.createdAtMs, entry };
}

function queue({ task, key, fetchedAtMs }: ReceivedDocument & { key: number }): QueuedTask {
  return { key, links: task, nowMs: fetchedAtMs };
}
