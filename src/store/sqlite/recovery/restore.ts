/** Replaces the database with a backup. The backup is checked first, and the replaced database is kept. */
import { existsSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { OperatorError } from '../../../lib/operator-error.ts';
import type { MergedTokens, Restored } from '../../contract/maintenance.ts';
import { tidyCollections } from '../collections/collection-consistency.ts';
import { recountTasks } from '../counts.ts';
import { openDatabase, runInTransaction } from '../database.ts';
import { type Connection, openConnection } from '../driver.ts';
import { copyPrivateFile, syncFile } from '../durable-files.ts';
import { findChangedDocuments, streamDocuments } from '../integrity/audit.ts';
import { isDamage } from '../integrity/damage.ts';
import { removeDatabase } from '../integrity/database-files.ts';
import { sweepLeftovers } from '../integrity/sweep.ts';
import { attachMarks, detachMarks } from '../marks/derive-marks.ts';
import { migrate, needsMigration } from '../migrate.ts';
import { acquireExclusiveLock } from '../writers-lock.ts';
import { deriveColumns } from './derive-columns.ts';
import { mergeTokens } from './merge-tokens.ts';
import { revokeUnknownKeys, revokeUnknownWebhooks } from './revoke-keys.ts';
import { findForeignIndexConfig, findUnusableRow } from './row-check.ts';
import { findForeignColumns, findForeignSchema } from './schema-check.ts';
import { finishSwap, swapIn } from './swap.ts';

/** The file is not a valid backup; nothing was changed. */
class BadBackup extends OperatorError {
  override readonly name = 'BadBackup';
}

/**
 * @param source a file created by `backUp`, or any mirror database
 * @throws DirectoryInUse while a server runs or a command writes, NewerDatabase, BadBackup; in each case, nothing was changed
 */
export function restore(dataDir: string, source: string, nowMs: number): Restored {
  const kind = statSync(source, { throwIfNoEntry: false });
  if (!kind) throw new BadBackup(`there is no file ${source}`);
  if (kind.isDirectory()) throw new BadBackup(`${source} is a folder: name the backup, a file in it`);
  if (!kind.isFile()) throw new BadBackup(`${source} is not a regular file`);
  const file = realpathSync(source); // SQLite puts the logs beside the file that a link points to
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const lock = acquireExclusiveLock(dataDir, nowMs);
  const incoming = join(dataDir, 'mirror.db.restoring');
  try {
    const replacedEarlier = finishSwap(dataDir);
    sweepLeftovers(dataDir, nowMs);
    // Checks the copy that is put in place, not the source file.
    copyPrivateFile(file, incoming);
    for (const log of ['-wal', '-journal'])
      if (existsSync(`${file}${log}`)) copyPrivateFile(`${file}${log}`, `${incoming}${log}`);
    const tasks = check(incoming, source);
    const tokens = bringUpToDate(incoming, { source, replaced: join(dataDir, 'mirror.db'), nowMs });
    syncFile(incoming);
    return { tasks, tokens, replaced: swapIn(dataDir, incoming, nowMs), replacedEarlier };
  } finally {
    removeDatabase(incoming);
    lock.release();
  }
}

/** What to do with a damaged backup when there is no other. */
const RECOVERY_HINT =
  '. To save what can be read: copy it to mirror.db in an empty directory, and `flux-mirror doctor --rebuild --data-dir` that';

function createBadBackup(source: string, why: string, hint = '', cause?: unknown): BadBackup {
  return new BadBackup(`${source} can't be restored: ${why}; nothing was changed${hint}`, { cause });
}

/** @returns the number of tasks in the copy @throws BadBackup, NewerDatabase */
function check(copy: string, source: string): number {
  const createError = (why: string, hint?: string, cause?: unknown) =>
    createBadBackup(source, why, hint, cause);
  try {
    const raw = openConnection(copy);
    try {
      raw.pragma('journal_mode = DELETE'); // merges a log beside it
      if (!isOfMirror(raw)) throw createError('it is no database of a mirror');
      needsMigration({ raw }, source);
      // Before anything that would run expressions of the schema.
      const foreign = findForeignSchema(raw) ?? findForeignIndexConfig(raw) ?? findForeignColumns(raw);
      if (foreign !== undefined) throw createError(foreign);
      const [result] = raw.pragma('integrity_check(1)') as { integrity_check: string }[];
      if (result?.integrity_check !== 'ok')
        throw createError(`it is damaged (${result?.integrity_check})`, RECOVERY_HINT);
      const [changed] = findChangedDocuments(streamDocuments(raw));
      if (changed !== undefined) throw createError(`task ${changed} differs from its hash`, RECOVERY_HINT);
      return raw.prepare<[], { n: number }>('SELECT count(*) AS n FROM tasks').get()?.n ?? 0;
    } finally {
      raw.close();
    }
  } catch (error) {
    throw isDamage(error) ? createError(error.message, RECOVERY_HINT, error) : error;
  }
}

/** Checks the columns too: databases of other programs may have a table named tasks. */
function isOfMirror(raw: Connection): boolean {
  const columns = (raw.pragma('table_info(tasks)') as { name: string }[]).map(({ name }) => name);
  const isMigrated = raw.prepare("SELECT 1 FROM sqlite_master WHERE name = '__drizzle_migrations'").get();
  return (
    isMigrated !== undefined && ['position', 'id', 'hash', 'document'].every((name) => columns.includes(name))
  );
}

/** What a backup was about to tell webhooks, they have been told since, or it is news no more. */
const CANCEL_MESSAGES = `DELETE FROM finished_tasks;
  UPDATE webhook_deliveries SET due_at = NULL, last_error = 'a backup was restored' WHERE due_at IS NOT NULL`;

interface RestoreRequest {
  /** As named by the caller, for messages. */
  readonly source: string;
  /** The database that it replaces. */
  readonly replaced: string;
  readonly nowMs: number;
}

/**
 * Migrates to the current schema, so that readers need not wait for a server, checks the rows, derives the columns from the
 * documents, counts them, and merges the replaced database's tokens and revocations.
 * @throws BadBackup
 */
function bringUpToDate(incoming: string, { source, replaced, nowMs }: RestoreRequest): MergedTokens {
  const target = openDatabase(incoming, { readonly: false, isMapped: false });
  try {
    target.raw.pragma('journal_mode = DELETE');
    if (needsMigration(target)) migrate(target);
    runInTransaction(target, () => {
      const refuse = (why: string | undefined) => {
        if (why !== undefined) throw createBadBackup(source, why);
      };
      refuse(findUnusableRow(target.raw));
      detachMarks(target);
      refuse(deriveColumns(target, nowMs));
      attachMarks(target);
      target.raw.exec(CANCEL_MESSAGES);
      tidyCollections(target);
      recountTasks(target); // only now are the rows what their documents say
    });
    if (!existsSync(replaced)) return 'whole';
    const old = openConnection(replaced, { readonly: true }); // read-only, so it can't be changed
    try {
      return runInTransaction(target, () => {
        revokeUnknownKeys(old, target);
        revokeUnknownWebhooks(old, target);
        return mergeTokens(old, target);
      });
    } finally {
      old.close();
    }
  } finally {
    target.raw.close();
  }
}
