/** What the commands that mark tasks share: which tasks they are about, the question before a search is marked, the result. */
import type { Command } from 'commander';
import { runWithStore } from '../app/with-store.ts';
import { systemClock } from '../lib/clock.ts';
import { splitIntoSteps } from '../store/contract/mark-steps.ts';
import type { Store } from '../store/contract/store.ts';
import type { TaskId } from '../task/id.ts';
import type { MarkChange } from '../task/marks.ts';
import { canAsk, confirm } from './dialog.ts';
import { CommandFailed, EXIT } from './failure.ts';
import { formatCount, pluralize, print, printJson, printNote } from './output.ts';
import { startProgress } from './progress.ts';
import {
  addQueryOptions,
  hasQueryOptions,
  type QueryOptions,
  type QueryReading,
  readQuery,
  streamMatchingPages,
} from './query-options.ts';
import { type ResolvedArgs, reportUnknown, resolveArgs } from './resolve-ids.ts';
import { addSettings, readConfig } from './settings.ts';

export const IDS_ARGUMENT = 'task ids, or their first 6 or more characters';

export interface MarkingOptions extends QueryOptions {
  readonly query?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

interface Wording {
  /** Asks whether to do it: `Star 12 tasks?`. @param tasks how many a search matches */
  ask(tasks: string): string;
  /** What was done to them: `starred`. */
  readonly done: string;
}

const MAX_SHOWN_REFUSALS = 20;

/** Adds the options that all of them have, and the settings. */
export function addMarkingOptions(command: Command): Command {
  return addSettings(
    addQueryOptions(
      command.option('--query <query>', 'instead of ids: all that a search for this matches exactly'),
    )
      .option('-y, --yes', 'do not ask')
      .option('--json', 'print the result as JSON'),
  );
}

/** Whether tasks are chosen by a search. */
export function isSearch(options: MarkingOptions): boolean {
  return options.query !== undefined || hasQueryOptions(options);
}

/**
 * Marks the tasks that are named, or those that the search matches.
 * @throws CommandFailed if it is not clear which, or nobody can be asked
 */
export async function markTasks(
  command: Command,
  args: readonly string[],
  change: MarkChange,
  { ask, done }: Wording,
): Promise<void> {
  const options = command.opts<MarkingOptions>();
  const question = readTargets(args, options);
  const result = createEmptyResult();
  const targets = await runWithStore(readConfig(command), 'writer', async (store) => {
    if (question === undefined) {
      const resolved = await resolveArgs(store, args);
      await markInSteps(store, resolved.ids, change, result);
      return resolved;
    }
    const ids = await findMatches(store, question);
    if (await mayMark(ids.length, ask, options.yes)) await markInSteps(store, ids, change, result, true);
    return { ids, unknown: [], ambiguous: [] };
  });
  reportResult(result, targets, done, options.json);
}

/** @returns the search; undefined if ids are named @throws CommandFailed */
function readTargets(args: readonly string[], options: MarkingOptions): QueryReading | undefined {
  if (!isSearch(options)) {
    if (args.length === 0)
      throw new CommandFailed('name the ids of tasks, or a search by --query', EXIT.usage);
    return undefined;
  }
  if (args.length > 0)
    throw new CommandFailed('name either the ids of tasks, or a search by --query and dates', EXIT.usage);
  const question = readQuery(options.query ?? '', options);
  const [problem] = question.problems;
  // Without that part it may match more than was meant.
  if (problem !== undefined) throw new CommandFailed(`nothing was changed: ${problem}`, EXIT.usage);
  if (question.query.parts.length === 0 && Object.keys(question.filter).length === 0)
    throw new CommandFailed('nothing was changed: the search has no words, operators or dates', EXIT.usage);
  return question;
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
async function mayMark(count: number, ask: Wording['ask'], yes = false): Promise<boolean> {
  if (yes || count === 0) return true;
  const tasks = pluralize(count, 'task');
  if (!canAsk()) throw new CommandFailed(`the search matches ${tasks}: add --yes to change them`, EXIT.usage);
  return confirm(ask(tasks));
}

interface MarkingResult {
  changed: number;
  unchanged: number;
  /** Tasks that were removed in the meantime, or are only tracked. */
  readonly unknown: TaskId[];
  readonly refused: { readonly id: TaskId; readonly reason: string }[];
}

function createEmptyResult(): MarkingResult {
  return { changed: 0, unchanged: 0, unknown: [], refused: [] };
}

async function markInSteps(
  store: Store,
  ids: readonly TaskId[],
  change: MarkChange,
  result: MarkingResult,
  showsProgress = false,
): Promise<void> {
  const progress = showsProgress ? await startProgress('tasks', systemClock) : undefined;
  try {
    let done = 0;
    for (const step of splitIntoSteps(ids.map((id) => ({ id, change })))) {
      for (const outcome of await store.mark(step, { nowMs: systemClock.now() })) {
        if (outcome.kind === 'unknown') result.unknown.push(outcome.id);
        else if (outcome.kind === 'refused') result.refused.push({ id: outcome.id, reason: outcome.reason });
        else if (outcome.kind === 'changed') result.changed += 1;
        else result.unchanged += 1;
      }
      done += step.length;
      progress?.update(done, ids.length);
    }
  } finally {
    progress?.end();
  }
}

function reportResult(
  { changed, unchanged, refused, ...result }: MarkingResult,
  targets: ResolvedArgs,
  done: string,
  isJson = false,
): void {
  const unknown = [...targets.unknown, ...result.unknown];
  if (isJson) printJson({ changed, unchanged, not_known: unknown, refused });
  else print(`${pluralize(changed, 'task')} ${done}, ${formatCount(unchanged)} unchanged`);
  for (const { id, reason } of refused.slice(0, MAX_SHOWN_REFUSALS)) printNote(`${id}: ${reason}`);
  if (refused.length > MAX_SHOWN_REFUSALS)
    printNote(`and ${pluralize(refused.length - MAX_SHOWN_REFUSALS, 'task')} more`);
  reportUnknown(unknown, targets.ambiguous, 'not in the mirror');
  if (refused.length > 0) process.exitCode = EXIT.failed;
}
