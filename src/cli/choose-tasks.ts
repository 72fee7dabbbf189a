/** Which tasks a command is about: those that are named, or all that a search matches exactly, after a question. */
import type { Command } from 'commander';
import type { Store } from '../store/contract/store.ts';
import type { TaskId } from '../task/id.ts';
import { canAsk, confirm } from './dialog.ts';
import { CommandFailed, EXIT } from './failure.ts';
import { pluralize, printNote } from './output.ts';
import {
  addQueryOptions,
  hasQueryOptions,
  type QueryOptions,
  type QueryReading,
  readQuery,
  streamMatchingPages,
} from './query-options.ts';
import { type ResolvedArgs, resolveArgs } from './resolve-ids.ts';
import { addSettings } from './settings.ts';

export const IDS_ARGUMENT = 'task ids, or their first 6 or more characters';

export interface TaskOptions extends QueryOptions {
  readonly query?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** Adds the options that all such commands have, and the settings. */
export function addTaskOptions(command: Command): Command {
  return addSettings(
    addQueryOptions(
      command.option('--query <query>', 'instead of ids: all that a search for this matches exactly'),
    )
      .option('-y, --yes', 'do not ask')
      .option('--json', 'print the result as JSON'),
  );
}

/** Whether tasks are chosen by a search. */
export function isSearch(options: TaskOptions): boolean {
  return options.query !== undefined || hasQueryOptions(options);
}

/** @returns the search; undefined if ids are named @throws CommandFailed if it is not clear which */
export function readSearch(args: readonly string[], options: TaskOptions): QueryReading | undefined {
  if (!isSearch(options)) {
    if (args.length === 0)
      throw new CommandFailed('name the ids of tasks, or a search by --query', EXIT.usage);
    return undefined;
  }
  if (args.length > 0)
    throw new CommandFailed('name either the ids of tasks, or a search by --query and dates', EXIT.usage);
  const search = readQuery(options.query ?? '', options);
  const [problem] = search.problems;
  // Without that part it may match more than was meant.
  if (problem !== undefined) throw new CommandFailed(`nothing was changed: ${problem}`, EXIT.usage);
  if (search.query.parts.length === 0 && Object.keys(search.filter).length === 0)
    throw new CommandFailed('nothing was changed: the search has no words, operators or dates', EXIT.usage);
  return search;
}

export interface ChosenTasks extends ResolvedArgs {
  /** False: the answer was no. */
  readonly isConfirmed: boolean;
}

/**
 * @param search undefined: the tasks are those that the arguments name
 * @param ask makes the question of a number of tasks: `Star 12 tasks?`
 * @throws CommandFailed when a search matches some, and nobody can be asked
 */
export async function chooseTasks(
  store: Store,
  args: readonly string[],
  search: QueryReading | undefined,
  { ask, yes = false }: { readonly ask: (tasks: string) => string; readonly yes?: boolean | undefined },
): Promise<ChosenTasks> {
  if (search === undefined) return { ...(await resolveArgs(store, args)), isConfirmed: true };
  const ids = await findMatches(store, search);
  const isConfirmed = yes || ids.length === 0 || (await confirmChange(pluralize(ids.length, 'task'), ask));
  return { ids, unknown: [], ambiguous: [], isConfirmed };
}

/** All of them before the first is changed, since a change may decide what matches. */
async function findMatches(store: Store, { query, filter, nowMs }: QueryReading): Promise<TaskId[]> {
  for (const note of query.notes) printNote(note);
  const ids: TaskId[] = [];
  const request = { query, filter, sort: 'oldest', nowMs } as const;
  for await (const page of streamMatchingPages(store, request, Number.POSITIVE_INFINITY)) {
    if (page.indexedFromMs !== undefined && ids.length === 0)
      printNote('the search index is being rebuilt: older tasks are not found yet');
    for (const { task } of page.hits) ids.push(task.id);
  }
  return ids;
}

/** @throws CommandFailed when nobody can be asked */
async function confirmChange(tasks: string, ask: (tasks: string) => string): Promise<boolean> {
  if (!canAsk()) throw new CommandFailed(`the search matches ${tasks}: add --yes to change them`, EXIT.usage);
  return confirm(ask(tasks));
}
