/**
 * Concurrent identical misses share one upstream request (RFC 9211 calls them collapsed), but only with the same token:
 * another caller's token might not be allowed to see the task. A request continues when its callers hang up: its result
 * is stored for the next one.
 */
import { createFlights } from '../lib/single-flight.ts';
import type { StoredTask } from '../store/contract/tasks.ts';
import type { TaskDocument } from '../task/document.ts';
import type { TaskId } from '../task/id.ts';
import { MAX_BATCH } from '../upstream/client.ts';
import { type UpstreamAnswer, UpstreamError } from '../upstream/errors.ts';
import type { UpstreamAuth } from '../upstream/upstream-auth.ts';
import type { MirrorDeps } from './deps.ts';
import { selectForwardedHeaders } from './mirror-response.ts';
import { storeAnswer } from './store-answer.ts';

export type Fetched =
  | {
      readonly kind: 'found';
      readonly task: StoredTask;
      readonly stored: boolean;
      /** Headers of the upstream's response that are forwarded to the caller. */
      readonly headers: Readonly<Record<string, string>>;
    }
  /** `answer` is undefined when the id was missing from a batch response. */
  | { readonly kind: 'unknown'; readonly answer: UpstreamAnswer | undefined };

export interface CoalescingFetcher {
  /** @throws UpstreamError */
  one(id: TaskId, auth: UpstreamAuth): Promise<{ fetched: Fetched; collapsed: boolean }>;
  /** Fetches ids in batches. An id whose batch failed maps to the error. */
  many(ids: readonly TaskId[], auth: UpstreamAuth): Promise<Map<TaskId, Fetched | UpstreamError>>;
  /** Ids in flight. */
  readonly size: number;
}

export function createCoalescingFetcher(deps: MirrorDeps): CoalescingFetcher {
  const { store, upstream } = deps;
  const flights = createFlights<string, Fetched>();
  const createKey = (id: TaskId, { token = '' }: UpstreamAuth) => `${token}\n${id}`;
  const findInFlight = (id: TaskId, auth: UpstreamAuth) => flights.get(createKey(id, auth));

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

  const fetchOne = async (id: TaskId, auth: UpstreamAuth): Promise<Fetched> => {
    const requestSeq = await store.nextRequestSeq();
    const retrieved = await upstream.retrieve(id, auth);
    const { answer } = retrieved;
    if (retrieved.kind === 'unknown') return { kind: 'unknown', answer };
    const found = await storeFound([retrieved.document], requestSeq, answer);
    return found.get(id) ?? { kind: 'unknown', answer: undefined };
  };

  /** Splits a batch whose response is too large in half, until the culprit is alone; its id maps to the error. */
  const fetchBatch = async (
    ids: readonly TaskId[],
    auth: UpstreamAuth,
  ): Promise<Map<TaskId, Fetched | UpstreamError>> => {
    const requestSeq = await store.nextRequestSeq();
    try {
      const { documents, answer } = await upstream.retrieveBatch(ids, auth);
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

  return {
    one: async (id, auth) => {
      // A paid response is never shared.
      if (auth.payment) return { fetched: await fetchOne(id, auth), collapsed: false };
      const already = await findInFlight(id, auth);
      if (already && (already.kind === 'found' || already.answer))
        return { fetched: already, collapsed: true };
      // Check again: another caller may have started one while we waited.
      const again = findInFlight(id, auth);
      if (again) return { fetched: await again, collapsed: true };
      return {
        fetched: await flights.add(createKey(id, auth), fetchOne(id, auth)),
        collapsed: false,
      };
    },

    many: async (ids, auth) => {
      const waiting = new Map<TaskId, Promise<Fetched>>();
      for (const id of ids) {
        const already = findInFlight(id, auth);
        if (already) waiting.set(id, already);
      }
      const missing = ids.filter((id) => !waiting.has(id));
      const batchSize = Math.min(deps.batchSize, MAX_BATCH);
      for (let at = 0; at < missing.length; at += batchSize) {
        const chunk = missing.slice(at, at + batchSize);
        const batch = fetchBatch(chunk, auth);
        for (const id of chunk) {
          const mine = batch.then((found): Fetched => {
            const result = found.get(id) ?? { kind: 'unknown', answer: undefined };
            if (result instanceof UpstreamError) throw result;
            return result;
          });
          waiting.set(id, flights.add(createKey(id, auth), mine));
        }
      }
      const results = new Map<TaskId, Fetched | UpstreamError>();
      for (const [id, promise] of waiting) results.set(id, await promise.catch(assertUpstreamError));
      return results;
    },

    get size() {
      return flights.size;
    },
  };
}

function assertUpstreamError(error: unknown): UpstreamError {
  if (error instanceof UpstreamError) return error;
  throw error;
}
