/** The maintenance of a data directory, as commands, the doctor and the schedule of backups see it. */
import type { StoreMaintenance } from '../contract/maintenance.ts';
import { translateError, translateOpening } from './errors.ts';
import { integrityProblems } from './integrity/damage.ts';
import { ownerPid } from './lock.ts';
import { backUp, backupFile, failureReason, scheduledBackups } from './recovery/backup.ts';
import { rebuild } from './recovery/rebuild.ts';
import { restore } from './recovery/restore.ts';

export function createSqliteMaintenance(dataDir: string): StoreMaintenance {
  return {
    findOwnerPid: () => ownerPid(dataDir),
    findIntegrityProblems: (limit) => translateOpening(() => integrityProblems(dataDir, limit)),
    nameBackup: (kind, nowMs) => backupFile(dataDir, kind, nowMs),
    backUp: (target) =>
      backUp(dataDir, target).catch((error: unknown) => {
        throw translateError(error);
      }),
    explainBackupFailure: failureReason,
    listScheduledBackups: () => scheduledBackups(dataDir),
    restore: (source, nowMs) => translateOpening(() => restore(dataDir, source, nowMs)),
    rebuild: (clock) => translateOpening(() => rebuild(dataDir, clock)),
  };
}
