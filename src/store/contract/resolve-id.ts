/** Finds the task that a person means by the beginning of its id. Never used by drop-in routes, which take whole ids only. */
import { MIN_ID_PREFIX_LENGTH, parseTaskId, type TaskId } from '../../task/id.ts';
import type { IdSearch, TaskStore } from './tasks.ts';

const MAX_CANDIDATES = 10;

export type ResolvedId =
  | { readonly kind: 'found'; readonly id: TaskId }
  | { readonly kind: 'unknown' }
  /** At most ten of them. */
  | { readonly kind: 'ambiguous'; readonly candidates: readonly TaskId[] };

/**
 * A whole id wins over longer ones that begin with it; UUIDs may be typed in upper case.
 * @param given an id, or at least 6 characters of one
 */
export async function resolveTaskId(
  store: Pick<TaskStore, 'findIds'>,
  given: string,
  options: Omit<IdSearch, 'limit'> = {},
): Promise<ResolvedId> {
  for (const prefix of new Set([given, given.toLowerCase()])) {
    const id = parseTaskId(prefix);
    if (id === undefined) return { kind: 'unknown' };
    const found = await store.findIds(id, { ...options, limit: MAX_CANDIDATES + 1 });
    const isLongEnough = Array.from(id).length >= MIN_ID_PREFIX_LENGTH;
    const candidates = found[0] === id ? [id] : isLongEnough ? found : [];
    const [first, ...others] = candidates;
    if (first === undefined) continue;
    if (others.length === 0) return { kind: 'found', id: first };
    return { kind: 'ambiguous', candidates: candidates.slice(0, MAX_CANDIDATES) };
  }
  return { kind: 'unknown' };
}

/** One line for people. */
export function describeAmbiguity(given: string, candidates: readonly TaskId[]): string {
  return `${JSON.stringify(given)} is the beginning of several ids: ${candidates.join(', ')}`;
}
