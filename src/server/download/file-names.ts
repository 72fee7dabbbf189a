/** Names of the files of a download, each once. */
import { formatPeriod } from '../../search/dates.ts';
import { createTaskName } from '../../task/file-name.ts';
import type { TaskId } from '../../task/id.ts';

export interface NamedTask {
  readonly id: TaskId;
  readonly createdAtMs: number;
  readonly prompt: string;
}

/**
 * @param timeZone of the dates
 * @returns a function that names the next task, without an extension; no two names differ only in case or composition
 */
export function createTaskNamer(timeZone: string): (task: NamedTask) => string {
  const copies = new Map<string, number>();
  return (task) => {
    const base = createTaskName(formatPeriod('day', task.createdAtMs, timeZone), task);
    const copy = (copies.get(base) ?? 0) + 1;
    copies.set(base, copy);
    return copy === 1 ? base : `${base} (${copy})`; // nothing else leads to parentheses
  };
}
