/** `flux-mirror forget`: removes tasks from this mirror only. */
import { Command } from 'commander';
import { openImageFiles } from '../app/open-image-files.ts';
import { runWithStore } from '../app/with-store.ts';
import { removeTask } from '../archive/remove-task.ts';
import { removeUnusedImages } from '../archive/remove-unused.ts';
import type { Config } from '../config/config.ts';
import { systemClock } from '../lib/clock.ts';
import { OperatorError } from '../lib/operator-error.ts';
import type { Store } from '../store/contract/store.ts';
import type { TaskId } from '../task/id.ts';
import { canAsk, confirm } from './dialog.ts';
import { CommandFailed, EXIT } from './failure.ts';
import { pluralize, print, printJson, printNote } from './output.ts';
import { reportUnknown, resolveArgs } from './resolve-ids.ts';
import { addSettings, readConfig } from './settings.ts';

export function createForgetCommand(): Command {
  const command = new Command('forget')
    .summary('remove tasks from this mirror')
    .description(
      'Removes tasks from this mirror: document, search row, tracking, and the images that no other task has, whose files go an hour later. The upstream is not asked; naming the id again (track, get through the server, import) brings a task back.',
    )
    .argument('<ids...>', 'task ids, or their first 6 or more characters')
    .option('-y, --yes', 'do not ask')
    .option('--json', 'print the result as JSON');
  return addSettings(command).action(async (args: string[], options: ForgetOptions) => {
    const config = readConfig(command);
    const forgotten: string[] = [];
    const unknown: string[] = [];
    const ambiguous: string[] = [];
    await runWithStore(config, 'writer', async (store) => {
      const resolved = await resolveArgs(store, args);
      unknown.push(...resolved.unknown);
      ambiguous.push(...resolved.ambiguous);
      if (resolved.ids.length === 0 || !(await mayForget(resolved.ids, args, options))) return;
      for (const id of resolved.ids) ((await removeTask({ store }, id)) ? forgotten : unknown).push(id);
      await removeEarlierImages(store, config);
    });
    if (options.json) printJson({ forgotten, not_known: unknown });
    else print(`${pluralize(forgotten.length, 'task')} forgotten`);
    reportUnknown(unknown, ambiguous, 'not known');
  });
}

/** Those of an earlier hour, since perhaps no server runs here. The tasks are forgotten, whatever becomes of them. */
async function removeEarlierImages(store: Store, config: Config): Promise<void> {
  const files = await openImageFiles(config);
  try {
    await removeUnusedImages({ store, files, clock: systemClock });
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    printNote(`${error.message}; images that no task has are removed later`);
  } finally {
    files.close();
  }
}

interface ForgetOptions {
  readonly yes?: boolean;
  readonly json?: boolean;
}

/**
 * Prints the whole ids and asks. Without a terminal, whole ids are enough: scripts have always named those.
 * @throws CommandFailed for shortened ids when nobody can be asked
 */
async function mayForget(
  ids: readonly TaskId[],
  args: readonly string[],
  { yes = false }: ForgetOptions,
): Promise<boolean> {
  const isWhole = ids.every((id) => args.includes(id));
  if (yes || (isWhole && !canAsk())) return true;
  if (!canAsk())
    throw new CommandFailed(
      `these ids are shortened, for ${ids.join(', ')}: name them whole, or add --yes`,
      EXIT.usage,
    );
  for (const id of ids) printNote(id);
  return confirm(`Remove ${pluralize(ids.length, 'task')} from this mirror, with the images?`);
}
