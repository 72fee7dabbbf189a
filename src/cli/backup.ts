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
      'Copies the database, also beside a running server, checks the copy, and names it. Images are files in the data directory: copy those as files.',
    )
    .argument('[file]', 'where to (default: backups/manual-<time>.db in the data directory)')
    .option('--json', 'print the result as JSON');
  return addSettings(command).action(async (file: string | undefined, options: { json?: boolean }) => {
    const { dataDir } = readConfig(command);
    await runWithStore({ dataDir }, 'reader', async () => undefined); // says what is wrong where there is no mirror
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
    .summary('put a backup in the place of the database')
    .description(
      'Checks a backup and puts it in the place of the database; what was there is kept in backups/replaced-<time>.db. The server must not run.',
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
      printNote(
        `an interrupted restore was finished first; what was there before that is ${replacedEarlier}`,
      );
    const lost = describeLostTokens(tokens);
    if (lost !== undefined) printNote(lost);
    if (options.json) {
      printJson({ tasks, tokens, replaced: replaced ?? null });
      return;
    }
    print(`${pluralize(tasks, 'task')} restored from ${file}`);
    if (replaced !== undefined) printNote(`what was there before is ${replaced}`);
  });
}

/** What to do about the tokens of the database that was replaced. */
function describeLostTokens(tokens: MergedTokens): string | undefined {
  if (tokens === 'lost') return LOST_TOKENS;
  if (tokens === 'unknown')
    return 'whether there were tokens before could not be read: only those of the backup hold, see `flux-mirror token list`';
  return undefined;
}
