/** Retrieves many tasks: only missing or stale ones are fetched, the rest come from the store. */
import type { StoredTask } from '../store/contract/tasks.ts';
import type { TaskId } from '../task/id.ts';
import { UpstreamError } from '../upstream/errors.ts';
import type { CoalescingFetcher, Fetched } from './coalescing-fetcher.ts';
import { concatInChunks } from './concat.ts';
import { type Caller, type MirrorDeps, upstreamAuthFor } from './deps.ts';
import { createMissingTokenError, relayError } from './errors.ts';
import { isFresh } from './freshness.ts';
import {
  type CacheStatus,
  createConcatenatedResponse,
  createItemsResponse,
  type MirrorResponse,
} from './mirror-response.ts';
import { maySee } from './visibility.ts';

/**
 * Answers `{"action":"retrieve_batch","ids":[…]}`: items in the order of the ids, each once, without unknown ids
 * and those the caller may not see.
 * @throws ApiError when the upstream failed and none of the ids is cached
 */
export async function retrieveBatch(
  deps: MirrorDeps,
  fetching: CoalescingFetcher,
  asked: readonly TaskId[],
  caller: Caller,
): Promise<MirrorResponse> {
  const { store, clock } = deps;
  const ids = [...new Set(asked)];
  if (!caller.limits) {
    const finished = await concatInChunks(store, ids);
    if (finished) return createConcatenatedResponse(finished, clock.now());
  }

  const stored = await store.getMany(ids);
  const cached = new Map(stored.filter((task) => maySee(caller, task)).map((task) => [task.id, task]));
  // Tasks the caller may not see count as missing, but are not fetched: they are stored already.
  const hidden = new Set(stored.filter(({ id }) => !cached.has(id)).map(({ id }) => id));
  const needed = ids.filter((id) => {
    const task = cached.get(id);
    return !task || !isFresh(task, caller.control, deps.pendingTtlMs, clock.now());
  });

  const answer = (status: CacheStatus, fetched?: ReadonlyMap<TaskId, Fetched | UpstreamError>) => {
    const tasks = ids
      .map((id) => getFoundTask(fetched?.get(id)) ?? cached.get(id))
      .filter((task) => task !== undefined)
      .filter((task) => maySee(caller, task));
    return createItemsResponse(tasks, tasks.length, status, clock.now());
  };

  if (needed.length === 0) return answer({ hit: true });
  if (caller.control.onlyIfCached) return answer({ hit: true, detail: 'only-if-cached' });
  if (deps.offline) return answer({ hit: true, detail: 'offline' });

  const auth = upstreamAuthFor(deps, caller);
  if (!auth) {
    if (cached.size === 0) throw createMissingTokenError();
    return answer({ hit: true, detail: 'stale-if-error' });
  }

  const missing = needed.filter((id) => !hidden.has(id));
  const fetched = await fetching.many(missing, auth);
  const errors = [...fetched.values()].filter((result) => result instanceof UpstreamError);
  const [firstError] = errors;
  if (firstError && errors.length === missing.length) {
    return cached.size === 0 ? relayError(firstError) : answer({ hit: true, detail: 'stale-if-error' });
  }
  const found = [...fetched.values()].filter((result) => {
    const task = getFoundTask(result);
    return task !== undefined && maySee(caller, task);
  });
  return answer(
    {
      fwd: caller.control.noCache ? 'request' : needed.some((id) => cached.has(id)) ? 'stale' : 'miss',
      stored: found.length > 0 && found.every((result) => 'stored' in result && result.stored),
      ...(firstError ? { detail: 'partial' } : {}),
    },
    fetched,
  );
}

function getFoundTask(result: Fetched | UpstreamError | undefined): StoredTask | undefined {
  return result && !(result instanceof UpstreamError) && result.kind === 'found' ? result.task : undefined;
}
