/**
 * Builds a new database from a damaged one: documents row by row, then those left only in the raw bytes of its pages, each
 * checked against its hash. The search index is rebuilt, and the damaged database is kept.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../../lib/clock.ts';
import { OperatorError } from '../../../lib/operator-error.ts';
import { readImageLinks } from '../../../task/document.ts';
import type { JsonObject } from '../../../task/json-object.ts';
import type { Rebuilt } from '../../contract/maintenance.ts';
import { isCollectionRow, isCollectionTaskRow } from '../../rules/collection-row.ts';
import { isMarkRow } from '../../rules/mark-row.ts';
import { isSavedSearchRow } from '../../rules/saved-search-row.ts';
import { isDeliveryRow, isWebhookRow } from '../../rules/webhook-row.ts';
import { tidyCollections } from '../collections/collection-consistency.ts';
import { recountTasks } from '../counts.ts';
import { openDatabase, runInTransaction, type Sqlite } from '../database.ts';
import { type Connection, openConnection } from '../driver.ts';
import { syncFile } from '../durable-files.ts';
import { createImageStore } from '../images.ts';
import { removeDatabase } from '../integrity/database-files.ts';
import { sweepLeftovers } from '../integrity/sweep.ts';
import { attachMarks } from '../marks/derive-marks.ts';
import { createMetadata } from '../metadata.ts';
import { migrate } from '../migrate.ts';
import { computeMaxDisplacement } from '../placement.ts';
import { raiseRequestSeq } from '../request-seq.ts';
import { acquireExclusiveLock } from '../writers-lock.ts';
import { copyDamaged } from './damaged-copy.ts';
import { insertAll } from './insert-rows.ts';
import { hasValidHash, saveLostTasks } from './lost-tasks.ts';
import { closeMirror, mergeTokens } from './merge-tokens.ts';
import { type Row, readRows } from './readable-rows.ts';
import { finishSwap, isHalfSwapped, swapIn } from './swap.ts';

/** Nothing could be read; nothing was changed. */
export class NothingSaved extends OperatorError {
  override readonly name = 'NothingSaved';
}

/** In the order in which they are filled; the index and the words are rebuilt. */
const TABLES = ['tracked', 'task_images', 'images', 'callbacks', 'removed', 'sync_runs', 'finished_tasks'];
/** Those of which a broken row would do harm. */
const CHECKED_TABLES: readonly (readonly [table: string, isUsable: (row: Row) => boolean])[] = [
  ['collections', isCollectionRow],
  ['collection_tasks', isCollectionTaskRow],
  ['saved_searches', isSavedSearchRow],
  ['webhooks', isWebhookRow],
  ['webhook_deliveries', isDeliveryRow],
];
/** Metadata that is still valid: the other keys are about the index. */
const KEPT_METADATA = /^(starts|request-seq|closed|block|bookmark .*)$/;
const BATCH_SIZE = 500;

/** @throws DirectoryInUse while a server runs or a command writes, NothingSaved */
export function rebuild(dataDir: string, clock: Clock): Rebuilt {
  // Checked before locking, which would leave lock files in an empty directory.
  if (!existsSync(join(dataDir, 'mirror.db')) && !isHalfSwapped(dataDir))
    throw new NothingSaved(`there is no mirror.db in ${dataDir}`);
  const lock = acquireExclusiveLock(dataDir, clock.now());
  const copy = join(dataDir, 'mirror.db.damaged');
  const fresh = join(dataDir, 'mirror.db.rebuilding');
  try {
    finishSwap(dataDir);
    sweepLeftovers(dataDir, clock.now());
    const counts = fill(fresh, dataDir, copy, clock.now());
    syncFile(fresh);
    return { ...counts, replaced: swapIn(dataDir, fresh, clock.now()) };
  } finally {
    for (const file of [copy, fresh]) removeDatabase(file);
    lock.release();
  }
}

function fill(fresh: string, dataDir: string, copy: string, nowMs: number): Omit<Rebuilt, 'replaced'> {
  const target = openDatabase(fresh, { readonly: false, isMapped: false });
  try {
    migrate(target);
    target.raw.pragma('journal_mode = DELETE');
    const freeFrom = copyDamaged(join(dataDir, 'mirror.db'), copy, fresh);
    const { tokens, changed } = fillByQueries(target, copy, nowMs);
    // By now the copy's log has been checkpointed.
    saveLostTasks(target, copy, freeFrom);
    runInTransaction(target, () => fillMarks(target, copy));
    const saved = target.raw.prepare<[], number>('SELECT count(*) FROM tasks').pluck().get() ?? 0;
    if (saved === 0)
      throw new NothingSaved('no document could be read, and nothing was changed; restore a backup');
    runInTransaction(target, () => finishRebuild(target, nowMs));
    return { saved, changed, tokens };
  } finally {
    target.raw.close();
  }
}

/** Copies everything that SQLite queries can still read. */
function fillByQueries(target: Sqlite, copy: string, nowMs: number): Pick<Rebuilt, 'changed' | 'tokens'> {
  const source = openConnection(copy);
  try {
    const changed = fillTasks(target, source, nowMs);
    const tokens = runInTransaction(target, () => {
      for (const table of TABLES) insertAll(target, table, readRows(source, table));
      for (const [table, isUsable] of CHECKED_TABLES)
        insertAll(target, table, [...readRows(source, table)].filter(isUsable));
      const kept = [...readRows(source, 'facts')].filter(({ name }) => KEPT_METADATA.test(String(name)));
      insertAll(target, 'facts', kept);
      const merged = mergeTokens(source, target);
      if (merged !== 'whole') closeMirror(target);
      return merged;
    });
    return { changed, tokens };
  } finally {
    source.close();
  }
}

/** After the tasks: to replace one removes its marks. Those of tasks that are lost stay until they are fetched again. */
function fillMarks(target: Sqlite, copy: string): void {
  const source = openConnection(copy);
  try {
    const rows = [...readRows(source, 'marks')].filter(isMarkRow);
    insertAll(
      target,
      'marks',
      rows.map((row) => ({ ...row, position: null })),
    );
    attachMarks(target);
    recountTasks(target);
  } finally {
    source.close();
  }
}

/** @returns the number of documents that differ from their hash */
function fillTasks(target: Sqlite, source: Connection, nowMs: number): number {
  const track = target.raw.prepare(
    'INSERT INTO tracked (id, tracked_at, due_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  );
  let changed = 0;
  let some: Row[] = [];
  const store = () => {
    runInTransaction(target, () => insertAll(target, 'tasks', some));
    some = [];
  };
  for (const row of readRows(source, 'tasks')) {
    if (hasValidHash(row)) {
      some.push(row);
      if (some.length >= BATCH_SIZE) store();
    } else {
      changed += 1;
      if (typeof row.id === 'string' && row.id !== '') track.run(row.id, nowMs, nowMs);
    }
  }
  store();
  return changed;
}

/** Restores consistency between the recovered tables. */
function finishRebuild(target: Sqlite, nowMs: number): void {
  const { raw } = target;
  const metadata = createMetadata(target);
  metadata.set('drift', String(computeMaxDisplacement(target)));
  // Request numbers must keep increasing, even if their counter was lost.
  const newest = raw
    .prepare<[], number | null>(
      'SELECT max(request_seq) FROM (SELECT request_seq FROM tasks UNION ALL SELECT request_seq FROM removed)',
    )
    .pluck()
    .get();
  raiseRequestSeq(metadata, newest ?? 0);
  raw.exec('DELETE FROM task_images WHERE position NOT IN (SELECT position FROM tasks)');
  tidyCollections(target);
  // Archived images whose rows are lost are fetched again.
  raw
    .prepare(
      'UPDATE task_images SET due_at = ? WHERE sha256 IS NOT NULL AND sha256 NOT IN (SELECT sha256 FROM images)',
    )
    .run(nowMs);
  enqueueForgottenImages(target, nowMs);
  // Unfinished tasks are tracked, whether or not their tracking rows were recovered.
  raw
    .prepare(
      `INSERT INTO tracked (id, tracked_at, due_at) SELECT id, ?, ? FROM tasks WHERE state = 'pending'
       ON CONFLICT DO NOTHING`,
    )
    .run(nowMs, nowMs);
}

/** Queues images whose rows were not recovered; those already archived are recognised by their bytes. */
function enqueueForgottenImages(target: Sqlite, nowMs: number): void {
  const { enqueueImages } = createImageStore(target);
  const some = target.raw.prepare<[number], { position: number; document: string }>(
    `SELECT position, document FROM tasks WHERE state = 'succeeded' AND position > CAST(? AS INTEGER)
       AND position NOT IN (SELECT position FROM task_images) ORDER BY position LIMIT ${BATCH_SIZE}`,
  );
  for (let after = -1; ; ) {
    const tasks = some.all(after);
    for (const { position, document } of tasks)
      enqueueImages(position, readImageLinks(JSON.parse(document) as JsonObject), nowMs);
    const last = tasks.at(-1);
    if (!last) return;
    after = last.position;
  }
}
