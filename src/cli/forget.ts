/** `flux-mirror forget`: removes tasks from this mirror only. */
import { Command } from 'commander';
import { runWithStore } from '../app/with-store.ts';
import { createImageFiles } from '../archive/files.ts';
import { removeTask } from '../archive/remove-task.ts';
import { parseTaskId } from '../task/id.ts';
import { EXIT } from './failure.ts';
import { pluralize, print, printJson, printNote } from './output.ts';
import { addSettings, readConfig } from './settings.ts';

export function createForgetCommand(): Command {
  const command = new Command('forget')
    .summary('remove tasks from this mirror')
    .description(
      'Removes tasks from this mirror: document, search row, tracking, and the images that no other task has. The upstream is not asked; naming the id again (track, get through the server, import) brings a task back.',
    )
    .argument('<ids...>', 'task ids')
    .option('--json', 'print the result as JSON');
  return addSettings(command).action(async (args: string[], options: { json?: boolean }) => {
    const config = readConfig(command);
    const files = createImageFiles(config.dataDir);
    const forgotten: string[] = [];
    const unknown: string[] = [];
    await runWithStore(config, 'writer', async (store) => {
      for (const arg of args) {
        const id = parseTaskId(arg);
        (id !== undefined && (await removeTask({ store, files }, id)) ? forgotten : unknown).push(arg);
      }
    });
    if (options.json) printJson({ forgotten, not_known: unknown });
    else print(`${pluralize(forgotten.length, 'task')} forgotten`);
    for (const id of unknown) printNote(`not known: ${id}`);
    if (unknown.length > 0) process.exitCode = EXIT.failed;
  });
}
