/** Maintenance of an engine with its own files, beside the contract: owner, damage, backup, restore, rebuild. */
import type { Clock } from '../../lib/clock.ts';

export interface BackupResult {
  readonly file: string;
  readonly bytes: number;
  readonly tasks: number;
}

export interface ScheduledBackup {
  readonly file: string;
  /** When it was created; epoch milliseconds. */
  readonly atMs: number;
}

/**
 * `whole`: all tokens were merged. `lost`: the token table could not be read completely. `unknown`: it is not known whether
 * there was such a table.
 */
export type MergedTokens = 'whole' | 'lost' | 'unknown';

export interface Restored {
  readonly tasks: number;
  /** Path of the replaced database; undefined when there was none. */
  readonly replaced: string | undefined;
  /** Path of the database replaced by an earlier, interrupted restore, which was completed first. */
  readonly replacedEarlier: string | undefined;
  /** Whether the tokens of the replaced database were merged. */
  readonly tokens: MergedTokens;
}

export interface Rebuilt {
  /** Documents that were read and match their hash. */
  readonly saved: number;
  /** Documents that differ from their hash: omitted, and tracked so that they are fetched again. */
  readonly changed: number;
  readonly replaced: string | undefined;
  /** Unless `whole`, callers need a token regardless. */
  readonly tokens: MergedTokens;
}

/** Maintenance of one data directory. Throws an OperatorError when the operator must act, else a StoreError. */
export interface StoreMaintenance {
  /** What the engine's own integrity check reports, at most `limit` entries. Reads the whole database. */
  findIntegrityProblems(limit: number): string[];
  /** The default path of a new backup. */
  nameBackup(kind: 'manual' | 'scheduled', nowMs: number): string;
  /** Copies the database atomically to a file that must not exist yet; safe beside a running server. */
  backUp(target: string): Promise<BackupResult>;
  /** Human-readable reason why a backup failed, without file paths. */
  explainBackupFailure(error: unknown): string;
  /** The backups created by the schedule. */
  listScheduledBackups(): ScheduledBackup[];
  /** Checks a backup and replaces the database with it; the replaced one is kept. */
  restore(source: string, nowMs: number): Restored;
  /** Builds a new database from what can be read of a damaged one, which is kept. */
  rebuild(clock: Clock): Rebuilt;
}
