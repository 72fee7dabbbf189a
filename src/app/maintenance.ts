/** Backup, restore, rebuild and checks of the engine in use, for commands: they don't import an engine. */
import type { StoreMaintenance } from '../store/contract/maintenance.ts';
import { createSqliteMaintenance } from '../store/sqlite/maintenance.ts';

/** Opens nothing yet: every function opens what it needs, and closes it. */
export function createMaintenance(dataDir: string): StoreMaintenance {
  return createSqliteMaintenance(dataDir);
}
