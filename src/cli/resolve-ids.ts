/** The ids that commands take: whole, or an unambiguous beginning of at least 6 characters. */
import { describeAmbiguity, resolveTaskId } from '../store/contract/resolve-id.ts';
import type { IdSearch, TaskStore } from '../store/contract/tasks.ts';
import { MIN_ID_PREFIX_LENGTH, type TaskId } from '../task/id.ts';
import { EXIT } from './failure.ts';
import { printNote } from './output.ts';

export interface ResolvedArgs {
  /** Without duplicates, in the order of the arguments. */
  readonly ids: readonly TaskId[];
  /** Arguments that fit no task, or several. */
  readonly unknown: readonly string[];
  /** Those that fit several: their candidates were printed. */
  readonly ambiguous: readonly string[];
}

/** Prints the candidates of ambiguous arguments. */
export async function resolveArgs(
  store: Pick<TaskStore, 'findIds'>,
  args: readonly string[],
  options: Omit<IdSearch, 'limit'> = {},
): Promise<ResolvedArgs> {
  const ids = new Set<TaskId>();
  const unknown: string[] = [];
  const ambiguous: string[] = [];
  for (const arg of args) {
    const resolved = await resolveTaskId(store, arg, options);
    if (resolved.kind === 'found') {
      ids.add(resolved.id);
      continue;
    }
    unknown.push(arg);
    if (resolved.kind === 'ambiguous') {
      ambiguous.push(arg);
      printNote(describeAmbiguity(arg, resolved.candidates));
    } else if (arg.length < MIN_ID_PREFIX_LENGTH)
      printNote(`"${arg}": the beginning of an id has at least ${MIN_ID_PREFIX_LENGTH} characters`);
  }
  return { ids: [...ids], unknown, ambiguous };
}

/**
 * Prints the arguments that fit no task, and fails the command if there are any.
 * @param unknown with those that fit several tasks, which have been explained
 * @param problem what is said of each: `not in the mirror`
 */
export function reportUnknown(
  unknown: readonly string[],
  ambiguous: readonly string[],
  problem: string,
): void {
  for (const arg of unknown) if (!ambiguous.includes(arg)) printNote(`${problem}: ${arg}`);
  if (unknown.length > 0) process.exitCode = EXIT.failed;
}
