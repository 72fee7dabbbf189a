/** Backup, restore, rebuild and checks of the engine in use, for commands, which don't import an engine. */
import type { StoreMaintenance } from '../store/contract/maintenance.ts';
import { createSqliteMaintenance } from '../store/sqlite/maintenance.ts';

/** Opens nothing: each function opens what it needs and closes it again. */
export function createMaintenance(dataDir: string): StoreMaintenance {
  return createSqliteMaintenance(dataDir);
}
