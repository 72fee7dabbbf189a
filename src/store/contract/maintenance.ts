/** What only an engine with files of its own has, beside the contract: its owner, its damage, backup, restore, rebuild. */
import type { Clock } from '../../lib/clock.ts';

export interface BackupResult {
  readonly file: string;
  readonly bytes: number;
  readonly tasks: number;
}

export interface ScheduledBackup {
  readonly file: string;
  /** When it was made; epoch milliseconds. */
  readonly atMs: number;
}

/**
 * `whole`: all there were. `lost`: there was a table of tokens, and not all of it could be read. `unknown`: not even that could
 * be read.
 */
export type MergedTokens = 'whole' | 'lost' | 'unknown';

export interface Restored {
  readonly tasks: number;
  /** Where the database is that was there before; undefined when there was none. */
  readonly replaced: string | undefined;
  /** Where the one is that an interrupted restore was about to replace, which was finished first. */
  readonly replacedEarlier: string | undefined;
  /** What became of the tokens of the one before. */
  readonly tokens: MergedTokens;
}

export interface Rebuilt {
  /** Documents that were read and have their hash. */
  readonly saved: number;
  /** Documents that were read, but differ from their hash: left out, and tracked, so that they are fetched again. */
  readonly changed: number;
  readonly replaced: string | undefined;
  /** Where they were not read whole, callers need one all the same. */
  readonly tokens: MergedTokens;
}

/** Of one data directory. Throws an OperatorError where there is something in the way, else a StoreError. */
export interface StoreMaintenance {
  /** The process that owns the data directory, where it says so and runs on this machine. */
  findOwnerPid(): number | undefined;
  /** Everything that the engine's own check finds, `limit` at most. Takes as long as reading all of it. */
  findIntegrityProblems(limit: number): string[];
  /** Where a backup goes when no file is named. */
  nameBackup(kind: 'manual' | 'scheduled', nowMs: number): string;
  /** Copies the database to a file that is not there yet, whole or not at all, also beside a running server. */
  backUp(target: string): Promise<BackupResult>;
  /** Why a backup failed, for people who need not know where files lie. */
  explainBackupFailure(error: unknown): string;
  /** The backups that the schedule made. */
  listScheduledBackups(): ScheduledBackup[];
  /** Checks a backup and puts it in the place of the database, which is kept. */
  restore(source: string, nowMs: number): Restored;
  /** Makes a new database of what can be read of a damaged one, which is kept. */
  rebuild(clock: Clock): Rebuilt;
}
