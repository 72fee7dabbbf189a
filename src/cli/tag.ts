/** `flux-mirror tag`: adds tags to tasks, removes them, and lists them. */
import { Command, InvalidArgumentError } from 'commander';
import { runWithStore } from '../app/with-store.ts';
import { uniqueBy } from '../lib/unique-by.ts';
import { foldTag, InvalidTag, MAX_TAGS, normalizeTag } from '../task/marks.ts';
import { addTaskOptions, IDS_ARGUMENT, isSearch, type TaskOptions } from './choose-tasks.ts';
import { CommandFailed, EXIT } from './failure.ts';
import { markTasks } from './marking.ts';
import { print, printJson } from './output.ts';
import { readMarks } from './read-marks.ts';
import { reportUnknown } from './resolve-ids.ts';
import { readConfig } from './settings.ts';

interface TagOptions extends TaskOptions {
  readonly add?: readonly string[];
  readonly remove?: readonly string[];
}

/** All that there are; a list that is read by people ends much earlier. */
const MAX_LISTED_TAGS = 1_000_000;

const EXAMPLES = `
Examples:
  flux-mirror tag                                     all tags, and how many tasks have each
  flux-mirror tag 2db0168c                            the tags of a task
  flux-mirror tag 2db0168c --add poster --add "two words" --remove draft
  flux-mirror tag --query 'lighthouse after:2026' --add sea`;

export function createTagCommand(): Command {
  const command = new Command('tag')
    .summary('tag tasks, or list tags')
    .description(
      'Adds tags to tasks and removes them: `tag:poster` in a query finds them. Without --add and --remove it prints the tags of the tasks, and without ids all tags. Upper and lower case are one.',
    )
    .argument('[ids...]', IDS_ARGUMENT)
    .option('--add <tag>', 'tag to add; may be repeated', collectTag)
    .option('--remove <tag>', 'tag to remove; may be repeated', collect)
    .addHelpText('after', EXAMPLES);
  return addTaskOptions(command).action(async (args: string[], options: TagOptions) => {
    const { add = [], remove = [] } = options;
    if (add.length === 0 && remove.length === 0) return printTags(command, args, options);
    const tags = uniqueBy(add, (tag) => tag);
    if (tags.length > MAX_TAGS)
      throw new CommandFailed(`a task has at most ${MAX_TAGS} tags, not ${tags.length}`, EXIT.usage);
    const both = remove.find((tag) => tags.includes(foldTag(tag)));
    if (both !== undefined)
      throw new CommandFailed(`${JSON.stringify(both)} can't be both added and removed`, EXIT.usage);
    await markTasks(
      command,
      args,
      { addTags: tags, removeTags: remove },
      { ask: (tasks) => `Change the tags of ${tasks}?`, done: 'changed' },
    );
  });
}

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

function collectTag(value: string, before: readonly string[] = []): string[] {
  try {
    return collect(normalizeTag(value), before);
  } catch (error) {
    if (error instanceof InvalidTag) throw new InvalidArgumentError(`${error.message}.`);
    throw error;
  }
}

async function printTags(command: Command, args: readonly string[], options: TagOptions): Promise<void> {
  if (isSearch(options))
    throw new CommandFailed('say by --add and --remove what to change of the tasks found', EXIT.usage);
  if (args.length === 0) return printAllTags(command, options);
  const { marks, unknown, ambiguous } = await readMarks(readConfig(command), args);
  if (options.json) printJson({ items: marks.map(({ id, tags }) => ({ id, tags })), not_known: unknown });
  else for (const { id, tags } of marks) print(`${id}\t${tags.join('; ')}`);
  reportUnknown(unknown, ambiguous, 'not in the mirror');
}

async function printAllTags(command: Command, { json = false }: TagOptions): Promise<void> {
  const items = await runWithStore(readConfig(command), 'reader', async (store) =>
    store.tags({ prefix: '', limit: MAX_LISTED_TAGS }),
  );
  if (json) printJson({ items });
  else for (const { tag, count } of items) print(`${tag}\t${count}`);
}
