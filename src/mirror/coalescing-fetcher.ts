/**
 * Concurrent identical misses share one upstream request (RFC 9211 calls them collapsed), but only with the same token:
 * another caller's token might not be allowed to see the task. A request that was sent continues when its callers hang up:
 * its result is stored for the next one. Ids that the upstream does not know are remembered for a short while.
 */
import type { StoredTask } from '../store/contract/tasks.ts';
import type { TaskDocument } from '../task/document.ts';
import type { TaskId } from '../task/id.ts';
import { MAX_BATCH } from '../upstream/client.ts';
import { type UpstreamAnswer, UpstreamError } from '../upstream/errors.ts';
import { createWaiters } from '../upstream/waiters.ts';
import type { CacheControl } from './cache-control.ts';
import type { CallerAuth, MirrorDeps } from './deps.ts';
import type { Fetched, FetchResults } from './fetched.ts';
import { selectForwardedHeaders } from './mirror-response.ts';
import { createSharedFetches, type SharedFetch } from './shared-fetches.ts';
import { createSharedRequests } from './shared-requests.ts';
import { storeAnswer } from './store-answer.ts';
import { createUnknownIds } from './unknown-ids.ts';

export interface CoalescingFetcher {
  /** @param stored what the caller has found stored @throws UpstreamError */
  one(
    id: TaskId,
    auth: CallerAuth,
    control: CacheControl,
    stored: StoredTask | undefined,
  ): Promise<{ fetched: Fetched; collapsed: boolean }>;
  /** Fetches ids in batches. An id whose batch failed maps to the error. */
  many(
    ids: readonly TaskId[],
    auth: CallerAuth,
    control: CacheControl,
    stored: readonly StoredTask[],
  ): Promise<FetchResults>;
  /** Ids in flight. */
  readonly size: number;
}

export function createCoalescingFetcher(deps: MirrorDeps): CoalescingFetcher {
  const { store, upstream } = deps;
  const flights = createSharedRequests<Fetched>();
  const share = createSharedFetches(deps);
  const unknownIds = createUnknownIds(deps.clock);
  const createKey = (id: TaskId, { token = '' }: CallerAuth) => `${token}\n${id}`;
  const joinInFlight = (id: TaskId, auth: CallerAuth) => flights.join(createKey(id, auth), auth.waiter);

  /** Which ids need not be requested. A tracked one is expected to appear, so it always is. */
  const findRemembered = async (ids: readonly TaskId[], { token }: CallerAuth, control: CacheControl) => {
    const remembered = unknownIds.find(ids, token, control);
    if (remembered.size > 0)
      for (const id of await store.filterTracked([...remembered.keys()])) remembered.delete(id);
    return remembered;
  };

  /** Remembers what another server was told, and decides by the same rule; but what was waited for is an answer anyway. */
  const createUnknownFilter =
    (auth: CallerAuth, control: CacheControl): SharedFetch['acceptUnknown'] =>
    async (answers, hasWaited) => {
      for (const [id, answer] of answers) unknownIds.add([id], auth.token, answer);
      const ids = [...answers.keys()];
      return new Set(hasWaited ? ids : (await findRemembered(ids, auth, control)).keys());
    };

  /** Stores documents and returns what is stored now, which may be newer than what was just fetched. */
  const storeFound = async (
    documents: readonly TaskDocument[],
    requestSeq: number,
    answer: UpstreamAnswer,
  ): Promise<Map<TaskId, Fetched>> => {
    const stored = await storeAnswer(deps, documents, requestSeq);
    const tasks: StoredTask[] = stored
      ? await store.getMany(documents.map(({ id }) => id))
      : documents.map((document) => ({ ...document, fetchedAtMs: deps.clock.now() }));
    const headers = selectForwardedHeaders(answer.headers);
    return new Map(tasks.map((task) => [task.id, { kind: 'found', task, stored, headers }]));
  };

  const fetchOne = async (id: TaskId, auth: CallerAuth): Promise<Fetched> => {
    const requestSeq = await store.nextRequestSeq();
    const retrieved = await upstream.retrieve(id, auth);
    const { answer } = retrieved;
    if (retrieved.kind === 'unknown') {
      if (!auth.payment) unknownIds.add([id], auth.token, answer);
      return { kind: 'unknown', answer };
    }
    unknownIds.forget([id], auth.token);
    const found = await storeFound([retrieved.document], requestSeq, answer);
    return found.get(id) ?? { kind: 'unknown', answer: undefined };
  };

  /** Splits a batch whose response is too large in half, until the culprit is alone; its id maps to the error. */
  const fetchBatch = async (ids: readonly TaskId[], auth: CallerAuth): Promise<FetchResults> => {
    const requestSeq = await store.nextRequestSeq();
    try {
      const { documents, answer } = await upstream.retrieveBatch(ids, auth);
      const known = new Set(documents.map(({ id }) => id));
      unknownIds.forget([...known], auth.token);
      unknownIds.add(
        ids.filter((id) => !known.has(id)),
        auth.token,
        undefined,
      );
      return await storeFound(documents, requestSeq, answer);
    } catch (error) {
      if (!(error instanceof UpstreamError) || error.kind !== 'too-large') throw error;
      if (ids.length === 1) return new Map(ids.map((id) => [id, error]));
      const middle = Math.ceil(ids.length / 2);
      const halves = [ids.slice(0, middle), ids.slice(middle)].map((half) =>
        fetchBatch(half, auth).catch(
          (reason: unknown) => new Map(half.map((id) => [id, assertUpstreamError(reason)])),
        ),
      );
      return new Map((await Promise.all(halves)).flatMap((found) => [...found]));
    }
  };

  /** Asks for one id, unless another server has done so: the caller gets the upstream's own response, so that needs to be known. */
  const shareOne = async (
    id: TaskId,
    auth: CallerAuth,
    control: CacheControl,
    stored: StoredTask | undefined,
  ): Promise<Fetched> => {
    const acceptUnknown = createUnknownFilter(auth, control);
    const results = await share({
      ids: [id],
      token: auth.token,
      known: new Map(stored ? [[id, stored]] : []),
      fetch: async () => new Map([[id, await fetchOne(id, auth)]]),
      acceptUnknown: async (answers, hasWaited) =>
        answers.get(id) ? acceptUnknown(answers, hasWaited) : new Set(),
    });
    return assertFetched(results.get(id));
  };

  return {
    one: async (id, auth, control, stored) => {
      // A paid response is never shared.
      if (auth.payment) return { fetched: await fetchOne(id, auth), collapsed: false };
      const answer = (await findRemembered([id], auth, control)).get(id);
      if (answer) return { fetched: { kind: 'unknown', answer, isRemembered: true }, collapsed: false };
      const already = await joinInFlight(id, auth);
      if (already && (already.kind === 'found' || already.answer))
        return { fetched: already, collapsed: true };
      // Check again: another caller may have started one while we waited.
      const again = joinInFlight(id, auth);
      if (again) return { fetched: await again, collapsed: true };
      const waiters = createWaiters(auth.waiter);
      const request = shareOne(id, { ...auth, waiters }, control, stored);
      const fetched = await flights.add(createKey(id, auth), waiters, request);
      return { fetched, collapsed: fetched.isShared === true };
    },

    many: async (ids, auth, control, stored) => {
      const known = new Map(stored.map((task) => [task.id, task]));
      const remembered = await findRemembered(ids, auth, control);
      const waiting = new Map<TaskId, Promise<Fetched>>();
      for (const id of ids) {
        if (remembered.has(id)) continue;
        const already = joinInFlight(id, auth);
        if (already) waiting.set(id, already);
      }
      const missing = ids.filter((id) => !waiting.has(id) && !remembered.has(id));
      const batchSize = Math.min(deps.batchSize, MAX_BATCH);
      for (let at = 0; at < missing.length; at += batchSize) {
        const chunk = missing.slice(at, at + batchSize);
        const waiters = createWaiters(auth.waiter);
        const batch = share({
          ids: chunk,
          token: auth.token,
          known,
          fetch: (some) => fetchBatch(some, { ...auth, waiters }),
          acceptUnknown: createUnknownFilter(auth, control),
        });
        for (const id of chunk) {
          const mine = batch.then((found) => assertFetched(found.get(id)));
          waiting.set(id, flights.add(createKey(id, auth), waiters, mine));
        }
      }
      const results: FetchResults = new Map(
        [...remembered].map(([id, answer]) => [id, { kind: 'unknown', answer, isRemembered: true }]),
      );
      for (const [id, promise] of waiting) results.set(id, await promise.catch(assertUpstreamError));
      return results;
    },

    get size() {
      return flights.size;
    },
  };
}

/** @param result undefined: the id was missing from a batch response @throws UpstreamError */
function assertFetched(result: Fetched | UpstreamError | undefined): Fetched {
  if (result instanceof UpstreamError) throw result;
  return result ?? { kind: 'unknown', answer: undefined };
}

function assertUpstreamError(error: unknown): UpstreamError {
  if (error instanceof UpstreamError) return error;
  throw error;
}
