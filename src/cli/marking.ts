/** What the commands that mark tasks share: marking step by step, and the result. */
import type { Command } from 'commander';
import { runWithStore } from '../app/with-store.ts';
import { systemClock } from '../lib/clock.ts';
import { splitIntoSteps } from '../store/contract/mark-steps.ts';
import type { Store } from '../store/contract/store.ts';
import type { TaskId } from '../task/id.ts';
import type { MarkChange } from '../task/marks.ts';
import { chooseTasks, readSearch, type TaskOptions } from './choose-tasks.ts';
import { EXIT } from './failure.ts';
import { formatCount, pluralize, print, printJson, printNote } from './output.ts';
import { startProgress } from './progress.ts';
import { type ResolvedArgs, reportUnknown } from './resolve-ids.ts';
import { readConfig } from './settings.ts';

interface Wording {
  /** Asks whether to do it: `Star 12 tasks?`. @param tasks how many a search matches */
  ask(tasks: string): string;
  /** What was done to them: `starred`. */
  readonly done: string;
}

const MAX_SHOWN_REFUSALS = 20;

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
  const { yes, json } = command.opts<TaskOptions>();
  const search = readSearch(args, command.opts<TaskOptions>());
  const result = createEmptyResult();
  const targets = await runWithStore(readConfig(command), 'writer', async (store) => {
    const chosen = await chooseTasks(store, args, search, { ask, yes });
    if (chosen.isConfirmed) await markInSteps(store, chosen.ids, change, result, search !== undefined);
    return chosen;
  });
  reportResult(result, targets, done, json);
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
  showsProgress: boolean,
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
