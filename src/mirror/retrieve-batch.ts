/** Retrieves many tasks: only missing or stale ones are fetched, the rest come from the store. */
import type { StoredTask } from '../store/contract/tasks.ts';
import type { TaskId } from '../task/id.ts';
import { UpstreamError } from '../upstream/errors.ts';
import type { Fetched } from './coalescing-fetcher.ts';
import { concatInChunks } from './concat.ts';
import { type Caller, type MirrorDeps, upstreamAuthFor } from './deps.ts';
import { isPriceForCaller, relayError } from './errors.ts';
import { isFresh, mustWait } from './freshness.ts';
import {
  type CacheStatus,
  createConcatenatedResponse,
  createItemsResponse,
  forwardResponse,
  type MirrorResponse,
} from './mirror-response.ts';
import type { ReadThrough } from './read-through.ts';
import { maySee } from './visibility.ts';

/**
 * Answers `{"action":"retrieve_batch","ids":[…]}`: items in the order of the ids, each once, without unknown ids
 * and those the caller may not see.
 * @throws ApiError when the upstream failed and none of the ids is cached
 */
export async function retrieveBatch(
  deps: MirrorDeps,
  { fetcher, staleWait }: ReadThrough,
  asked: readonly TaskId[],
  caller: Caller,
): Promise<MirrorResponse> {
  const { store, clock } = deps;
  const ids = [...new Set(asked)];
  if (ids.length === 0) return checkCredential(deps, caller);
  if (!caller.limits) {
    const finished = await concatInChunks(store, ids);
    if (finished) return createConcatenatedResponse(finished, clock.now());
  }

  const stored = await store.getMany(ids);
  const cached = new Map(stored.filter((task) => maySee(caller, task)).map((task) => [task.id, task]));
  const wanting = ids.filter((id) => {
    const task = cached.get(id);
    return !task || !isFresh(task, caller.control, deps.pendingTtlMs, clock.now());
  });

  const answer = (status: CacheStatus, fetched: FetchedTasks = new Map(), unfetched = 0) => {
    const tasks = ids
      .map((id) => getFoundTask(fetched.get(id)) ?? cached.get(id))
      .filter((task) => task !== undefined)
      .filter((task) => maySee(caller, task));
    const headers = {
      ...[...fetched.values()].find(isFound)?.headers,
      ...(unfetched > 0 ? { [UNFETCHED_HEADER]: String(unfetched) } : {}),
    };
    return createItemsResponse(tasks, tasks.length, status, clock.now(), headers);
  };
  const answerFromCache = (detail: CacheStatus['detail']) =>
    answer({ hit: true, ...(detail ? { detail } : {}) }, undefined, ids.length - cached.size);

  if (wanting.length === 0) return answer({ hit: true });
  if (caller.control.onlyIfCached) return answerFromCache('only-if-cached');
  if (deps.offline) return answerFromCache('offline');

  const auth = upstreamAuthFor(deps, caller);
  // Hidden from the caller: treated as missing, but not requested, because they are stored. Without a token the upstream refuses
  // unknown ones, so hidden ones must be refused as well.
  const hidden = new Set(stored.filter(({ id }) => !cached.has(id)).map(({ id }) => id));
  const missing = auth.token === undefined ? wanting : wanting.filter((id) => !hidden.has(id));
  const fetching = fetcher.many(auth.payment ? ids : missing, auth);
  const mayServeStale = !mustWait(caller) && missing.every((id) => cached.has(id));
  const fetched = mayServeStale ? await staleWait.wait(fetching) : await fetching;
  if (!fetched) return answerFromCache('stale-while-revalidate');

  const failures = [...fetched].filter((entry): entry is [TaskId, UpstreamError] => isError(entry[1]));
  const errors = failures.map(([, error]) => error);
  const found = [...fetched.values()].filter(isFound).filter(({ task }) => maySee(caller, task));
  const [firstError] = errors;
  const price = errors.find((error) => isPriceForCaller(error, auth));
  if (price) return relayError(price);
  if (firstError && found.length === 0 && cached.size === 0) return relayError(firstError);
  const unfetched = failures.filter(([id]) => !cached.has(id)).length;
  if (firstError && errors.length === fetched.size)
    return answer({ hit: true, detail: 'stale-if-error' }, undefined, unfetched);
  return answer(
    {
      fwd: caller.control.noCache ? 'request' : wanting.some((id) => cached.has(id)) ? 'stale' : 'miss',
      stored: found.length > 0 && found.every((result) => result.stored),
      ...(firstError ? { detail: 'partial' } : {}),
    },
    fetched,
    unfetched,
  );
}

/**
 * A batch of no ids, by which a client checks its token (the vendor's n8n node does): where the token would be the caller's, the
 * upstream decides.
 */
async function checkCredential(deps: MirrorDeps, caller: Caller): Promise<MirrorResponse> {
  const answerEmpty = (status: CacheStatus) => createItemsResponse([], 0, status, deps.clock.now());
  if (caller.control.onlyIfCached) return answerEmpty({ hit: true, detail: 'only-if-cached' });
  if (deps.offline) return answerEmpty({ hit: true, detail: 'offline' });
  const auth = upstreamAuthFor(deps, caller);
  const isOwnToken = auth.token !== undefined && auth.token === deps.upstreamToken;
  if (isOwnToken || (caller.hasAccessToken && !auth.payment)) return answerEmpty({ hit: true });
  try {
    const { answer } = await deps.upstream.retrieveBatch([], auth);
    return forwardResponse(answer, { fwd: 'bypass' });
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    return error.answer ? relayError(error) : answerEmpty({ hit: true, detail: 'offline' });
  }
}

type FetchedTasks = ReadonlyMap<TaskId, Fetched | UpstreamError>;

/** So many of the ids could be neither served nor asked for: they may exist. */
const UNFETCHED_HEADER = 'x-flux-mirror-unfetched';

function isError(result: Fetched | UpstreamError): result is UpstreamError {
  return result instanceof UpstreamError;
}

function isFound(result: Fetched | UpstreamError): result is Extract<Fetched, { kind: 'found' }> {
  return !isError(result) && result.kind === 'found';
}

function getFoundTask(result: Fetched | UpstreamError | undefined): StoredTask | undefined {
  return result && isFound(result) ? result.task : undefined;
}
