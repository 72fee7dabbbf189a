/** `flux-mirror rate`: gives tasks a rating. */
import { Argument, Command } from 'commander';
import { MAX_RATING } from '../task/marks.ts';
import { addTaskOptions, IDS_ARGUMENT } from './choose-tasks.ts';
import { markTasks } from './marking.ts';

const RATINGS = Array.from({ length: MAX_RATING + 1 }, (_, rating) => String(rating));

export function createRateCommand(): Command {
  const command = new Command('rate')
    .summary(`rate tasks from 1 to ${MAX_RATING}`)
    .description(`Rates tasks from 1 to ${MAX_RATING}: \`rating:>=4\` in a query finds them.`)
    .addArgument(new Argument('<rating>', `1 to ${MAX_RATING}; 0 removes the rating`).choices(RATINGS))
    .argument('[ids...]', IDS_ARGUMENT);
  return addTaskOptions(command).action(async (rating: string, args: string[]) =>
    markTasks(
      command,
      args,
      { rating: Number(rating) },
      rating === '0'
        ? { ask: (tasks) => `Remove the rating of ${tasks}?`, done: 'without a rating' }
        : { ask: (tasks) => `Rate ${tasks} ${rating} of ${MAX_RATING}?`, done: `rated ${rating}` },
    ),
  );
}
