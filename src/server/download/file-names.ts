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
 * @param places numbers that are put before the names, so that these have the order of a collection
 * @returns a function that names a task, without an extension; no two names differ only in case or composition
 */
export function createTaskNamer(
  timeZone: string,
  places: ReadonlyMap<TaskId, string> = new Map(),
): (task: NamedTask) => string {
  const copies = new Map<string, number>();
  return (task) => {
    const name = createTaskName(formatPeriod('day', task.createdAtMs, timeZone), task);
    const place = places.get(task.id);
    const base = place === undefined ? name : `${place} ${name}`;
    const copy = (copies.get(base) ?? 0) + 1;
    copies.set(base, copy);
    return copy === 1 ? base : `${base} (${copy})`; // nothing else leads to parentheses
  };
}

/** `007` for the seventh of some hundreds. */
export function numberPlaces(ids: readonly TaskId[]): ReadonlyMap<TaskId, string> {
  const digits = String(ids.length).length;
  return new Map(ids.map((id, at) => [id, String(at + 1).padStart(digits, '0')]));
}
