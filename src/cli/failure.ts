/** From an error to one line and an exit code. */
import { CommanderError } from 'commander';
import { BadSetting } from '../config/config.ts';
import { BadFile } from '../files/bad-file.ts';
import { NoMirror } from '../store/sqlite/integrity/admission.ts';
import { DamagedDatabase } from '../store/sqlite/integrity/damage.ts';
import { DirectoryInUse } from '../store/sqlite/lock.ts';
import { NewerDatabase } from '../store/sqlite/migrate.ts';
import { BackupFailed } from '../store/sqlite/recovery/backup.ts';
import { MigrationRefused } from '../store/sqlite/recovery/migration-backup.ts';
import { NothingSaved } from '../store/sqlite/recovery/rebuild.ts';
import { BadBackup } from '../store/sqlite/recovery/restore.ts';
import { RestoreInterrupted } from '../store/sqlite/recovery/switch.ts';

export const EXIT = { done: 0, failed: 1, usage: 2 } as const;

/** A command can't do what it was asked; the message is for the person who asked. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
  constructor(
    message: string,
    readonly exitCode: number = EXIT.failed,
  ) {
    super(message);
  }
}

const EXPECTED = [
  BackupFailed,
  BadBackup,
  BadFile,
  BadSetting,
  CommandFailed,
  DamagedDatabase,
  DirectoryInUse,
  MigrationRefused,
  NewerDatabase,
  NoMirror,
  NothingSaved,
  RestoreInterrupted,
];

/** Prints what went wrong, in one line where it was to be expected. @returns the exit code */
export function reportFailure(error: unknown): number {
  // Commander has printed its own message already; only help and version are no mistake.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (EXPECTED.some((kind) => error instanceof kind) && error instanceof Error) {
    process.stderr.write(`flux-mirror: ${error.message}\n`);
    if (error instanceof BadSetting) return EXIT.usage;
    return error instanceof CommandFailed ? error.exitCode : EXIT.failed;
  }
  const system = systemMessage(error);
  if (system !== undefined) process.stderr.write(`flux-mirror: ${system}\n`);
  else process.stderr.write(`flux-mirror: this is a bug, please report it\n${stackOf(error)}\n`);
  return EXIT.failed;
}

/** What the operating system or SQLite said, where a person can do something about it. */
function systemMessage(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  const { code, message } = error;
  if (code === 'EADDRINUSE') return `${message}: another program listens there; choose another --port`;
  // Even a reader of SQLite's write-ahead log must be able to make files beside the database.
  if (
    code.startsWith('SQLITE_READONLY') ||
    code === 'EACCES' ||
    // What making a folder on a read-only disk comes to.
    ('syscall' in error && error.syscall === 'mkdir') ||
    code === 'EROFS' ||
    code === 'SQLITE_CANTOPEN'
  ) {
    return `${message}: may you write to FLUX_MIRROR_DATA_DIR (--data-dir)? Reading needs it as well`;
  }
  if (code === 'SQLITE_FULL' || code === 'ENOSPC')
    return `${message}: free some space and do it again; what was stored before stays`;
  if (code.startsWith('SQLITE_IOERR'))
    return `${message}: the disk of FLUX_MIRROR_DATA_DIR (--data-dir) fails, or has not even 32 KiB left`;
  if (code === 'SQLITE_NOTADB' || code === 'SQLITE_CORRUPT')
    return `mirror.db is damaged (${message}): \`flux-mirror doctor\` tells more, and \`restore\` or \`doctor --rebuild\` help`;
  return /^E[A-Z]+$/.test(code) || code.startsWith('SQLITE_') ? message : undefined;
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
