/** The maintenance of a data directory, for commands, the doctor and the backup schedule. */
import type { StoreMaintenance } from '../contract/maintenance.ts';
import { translateError, translateOpening } from './errors.ts';
import { listIntegrityProblems } from './integrity/damage.ts';
import { backUp, describeFailure, getBackupPath, listScheduledBackups } from './recovery/backup.ts';
import { rebuild } from './recovery/rebuild.ts';
import { restore } from './recovery/restore.ts';

export function createSqliteMaintenance(dataDir: string): StoreMaintenance {
  return {
    findIntegrityProblems: (limit) => translateOpening(() => listIntegrityProblems(dataDir, limit)),
    nameBackup: (kind, nowMs) => getBackupPath(dataDir, kind, nowMs),
    backUp: (target) =>
      backUp(dataDir, target).catch((error: unknown) => {
        throw translateError(error);
      }),
    explainBackupFailure: describeFailure,
    listScheduledBackups: () => listScheduledBackups(dataDir),
    restore: (source, nowMs) => translateOpening(() => restore(dataDir, source, nowMs)),
    rebuild: (clock) => translateOpening(() => rebuild(dataDir, clock)),
  };
}
