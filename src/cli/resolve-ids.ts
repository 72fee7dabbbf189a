/** The ids that commands take: whole, or an unambiguous beginning of at least 6 characters. */
import { describeAmbiguity, resolveTaskId } from '../store/contract/resolve-id.ts';
import type { IdSearch, TaskStore } from '../store/contract/tasks.ts';
import type { TaskId } from '../task/id.ts';
import { printNote } from './output.ts';

export interface ResolvedArgs {
  /** Without duplicates, in the order of the arguments. */
  readonly ids: readonly TaskId[];
  /** Arguments that fit no task, or several. */
  readonly unknown: readonly string[];
}

/** Prints the candidates of ambiguous arguments. */
export async function resolveArgs(
  store: Pick<TaskStore, 'findIds'>,
  args: readonly string[],
  options: Omit<IdSearch, 'limit'> = {},
): Promise<ResolvedArgs> {
  const ids = new Set<TaskId>();
  const unknown: string[] = [];
  for (const arg of args) {
    const resolved = await resolveTaskId(store, arg, options);
    if (resolved.kind === 'found') ids.add(resolved.id);
    else unknown.push(arg);
    if (resolved.kind === 'ambiguous') printNote(describeAmbiguity(arg, resolved.candidates));
  }
  return { ids: [...ids], unknown };
}
