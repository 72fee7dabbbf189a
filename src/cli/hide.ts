/** `flux-mirror hide`: leaves tasks out of searches. */
import { Command } from 'commander';
import { addTaskOptions, IDS_ARGUMENT } from './choose-tasks.ts';
import { markTasks } from './marking.ts';

export function createHideCommand(): Command {
  const command = new Command('hide')
    .summary('leave tasks out of searches')
    .description(
      'Leaves tasks out of searches whose query does not say `is:hidden`. They stay stored, and an export has them.',
    )
    .argument('[ids...]', IDS_ARGUMENT)
    .option('--remove', 'show them again; a --query for them needs is:hidden');
  return addTaskOptions(command).action(async (args: string[], { remove = false }: { remove?: boolean }) =>
    markTasks(
      command,
      args,
      { hidden: !remove },
      {
        ask: (tasks) => (remove ? `Show ${tasks} again?` : `Hide ${tasks}?`),
        done: remove ? 'no longer hidden' : 'hidden',
      },
    ),
  );
}
