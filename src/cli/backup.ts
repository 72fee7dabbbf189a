/** `flux-mirror backup` and `restore`. */
import { Command } from 'commander';
import { createMaintenance } from '../app/maintenance.ts';
import { runWithStore } from '../app/with-store.ts';
import { systemClock } from '../lib/clock.ts';
import type { MergedTokens } from '../store/contract/maintenance.ts';
import { LOST_TOKENS, pluralize, print, printJson, printNote } from './output.ts';
import { addSettings, readConfig } from './settings.ts';

export function createBackupCommand(): Command {
  const command = new Command('backup')
    .summary('a consistent copy of the database, also while serving')
    .description(
      'Copies the database, also while a server is running, checks the copy, and names it. Images are files in the data directory: copy those as files.',
    )
    .argument('[file]', 'where to (default: backups/manual-<time>.db in the data directory)')
    .option('--json', 'print the result as JSON');
  return addSettings(command).action(async (file: string | undefined, options: { json?: boolean }) => {
    const { dataDir } = readConfig(command);
    await runWithStore({ dataDir }, 'reader', async () => undefined); // throws a clear error if there is no mirror
    const maintenance = createMaintenance(dataDir);
    const target = file ?? maintenance.nameBackup('manual', systemClock.now());
    const result = await maintenance.backUp(target);
    if (options.json) printJson(result);
    else
      print(
        `${pluralize(result.tasks, 'task')} backed up to ${result.file} (${(result.bytes / 1e6).toFixed(1)} MB)`,
      );
  });
}

export function createRestoreCommand(): Command {
  const command = new Command('restore')
    .summary('replace the database with a backup')
    .description(
      'Checks a backup and replaces the database with it; the previous database is kept in backups/replaced-<time>.db. The server must not run.',
    )
    .argument('<file>', 'a backup')
    .option('--json', 'print the result as JSON');
  return addSettings(command).action((file: string, options: { json?: boolean }) => {
    const { dataDir } = readConfig(command);
    const { tasks, tokens, replaced, replacedEarlier } = createMaintenance(dataDir).restore(
      file,
      systemClock.now(),
    );
    if (replacedEarlier !== undefined)
      printNote(`an interrupted restore was finished first; the database before that is ${replacedEarlier}`);
    const lost = describeLostTokens(tokens);
    if (lost !== undefined) printNote(lost);
    if (options.json) {
      printJson({ tasks, tokens, replaced: replaced ?? null });
      return;
    }
    print(`${pluralize(tasks, 'task')} restored from ${file}`);
    if (replaced !== undefined) printNote(`the previous database is ${replaced}`);
  });
}

/** What to do about tokens of the replaced database that were not carried over. */
function describeLostTokens(tokens: MergedTokens): string | undefined {
  if (tokens === 'lost') return LOST_TOKENS;
  if (tokens === 'unknown')
    return 'could not tell whether the previous database had tokens: only those of the backup are valid, see `flux-mirror token list`';
  return undefined;
}
