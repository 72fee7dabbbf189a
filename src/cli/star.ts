/** `flux-mirror star`: marks favourites. */
import { Command } from 'commander';
import { addTaskOptions, IDS_ARGUMENT } from './choose-tasks.ts';
import { markTasks } from './marking.ts';

export function createStarCommand(): Command {
  const command = new Command('star')
    .summary('mark tasks with a star')
    .description('Gives tasks a star: `is:starred` in a query finds them.')
    .argument('[ids...]', IDS_ARGUMENT)
    .option('--remove', 'take the star away');
  return addTaskOptions(command).action(async (args: string[], { remove = false }: { remove?: boolean }) =>
    markTasks(
      command,
      args,
      { starred: !remove },
      {
        ask: (tasks) => (remove ? `Take the star from ${tasks}?` : `Star ${tasks}?`),
        done: remove ? 'no longer starred' : 'starred',
      },
    ),
  );
}
