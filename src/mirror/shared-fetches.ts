/**
 * Shares upstream requests with the other servers of the mirror: one of them fetches an id, and the others take what it has stored.
 * Within one server, coalescing-fetcher.ts has joined identical misses before.
 */
import { hash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { groupBy } from '../lib/group-by.ts';
import { storeErrorCodeOf } from '../store/contract/errors.ts';
import type { FetchTurns } from '../store/contract/fetching.ts';
import type { StoredTask } from '../store/contract/tasks.ts';
import type { TaskId } from '../task/id.ts';
import { type UpstreamAnswer, UpstreamError } from '../upstream/errors.ts';
import type { MirrorDeps } from './deps.ts';
import { FAILED, formatNote, parseNote } from './fetch-note.ts';
import type { Fetched, FetchResults } from './fetched.ts';

export interface SharedFetch {
  readonly ids: readonly TaskId[];
  /** The token that they are asked for with: another one may not be allowed to see them. */
  readonly token: string | undefined;
  /** What was stored of them when they were found missing or stale. */
  readonly known: ReadonlyMap<TaskId, StoredTask>;
  /** Asks the upstream. */
  fetch(ids: readonly TaskId[]): Promise<FetchResults>;
  /**
   * Which ids need not be requested, because another server was told that they are unknown.
   * @param hasWaited for what it was told; otherwise it asked before this fetch began
   */
  acceptUnknown(
    answers: ReadonlyMap<TaskId, UpstreamAnswer | undefined>,
    hasWaited: boolean,
  ): Promise<ReadonlySet<TaskId>>;
}

/** Real time, like the deadlines of requests. */
const FIRST_POLL_MS = 20;
const MAX_POLL_MS = 500;
/** How long a request may wait for its turn in the queue until another server asks as well. */
const QUEUE_TIME_MS = 5000;
/** Nothing was sent: the next one who waits may try. */
const UNSENT = new Set<UpstreamError['kind']>(['blocked', 'overloaded', 'abandoned']);

/** An id that is not in a batch response. */
const MISSING: Fetched = { kind: 'unknown', answer: undefined };

/** @returns a function that fetches ids, each by one server at a time; rejects only with errors that are not the upstream's */
export function createSharedFetches(deps: MirrorDeps): (request: SharedFetch) => Promise<FetchResults> {
  const { store, clock, log } = deps;
  const leaseMs = deps.upstreamTimeoutMs + QUEUE_TIME_MS;

  const begin = async (keys: readonly string[]): Promise<FetchTurns> => {
    try {
      return await store.beginFetch(keys, { nowMs: clock.now(), leaseMs });
    } catch (error) {
      if (storeErrorCodeOf(error) === undefined) throw error;
      // A full disk, say: one request more is better than none.
      return { mine: new Set(keys), notes: new Map() };
    }
  };

  /**
   * Others, and this server too, wait for leases that could not be given back: tried again until they have ended by themselves. By then a
   * note would be about the past.
   */
  const endLater = async (keys: readonly string[]): Promise<void> => {
    const startedMs = performance.now();
    for (
      let waitMs = FIRST_POLL_MS;
      performance.now() - startedMs < leaseMs;
      waitMs = computeNextPoll(waitMs)
    ) {
      await delay(waitMs, undefined, { ref: false });
      try {
        return await store.endFetch(keys, { nowMs: clock.now() });
      } catch (error) {
        if (storeErrorCodeOf(error) === undefined) throw error;
      }
    }
  };

  const end = async (keys: readonly string[], note?: string): Promise<void> => {
    if (keys.length === 0) return;
    try {
      await store.endFetch(keys, { nowMs: clock.now(), note });
    } catch (error) {
      log.debug({ err: error }, 'could not tell that a fetch has ended; tried again later');
      endLater(keys).catch((err: unknown) => log.debug({ err }, 'others wait until its lease ends'));
    }
  };

  const findNewer = async (
    ids: readonly TaskId[],
    { known }: Pick<SharedFetch, 'known'>,
  ): Promise<FetchResults> => {
    const stored = ids.length === 0 ? [] : await store.getMany(ids);
    const newer = stored.filter((task) => task.fetchedAtMs !== known.get(task.id)?.fetchedAtMs);
    return new Map(
      newer.map((task) => [task.id, { kind: 'found', task, stored: true, headers: {}, isShared: true }]),
    );
  };

  /** Asks the upstream, and tells those that wait. */
  const fetchAndTell = async (ids: readonly TaskId[], request: SharedFetch): Promise<FetchResults> => {
    const found = await request.fetch(ids).catch(async (error: unknown): Promise<FetchResults> => {
      if (error instanceof UpstreamError) return new Map(ids.map((id) => [id, error]));
      await end(createKeys(ids, request), formatNote(FAILED));
      throw error;
    });
    const results = new Map(ids.map((id) => [id, found.get(id) ?? MISSING]));
    for (const [note, some] of groupBy(results.keys(), (id) => createNote(results.get(id) ?? MISSING)))
      await end(createKeys(some, request), note);
    return results;
  };

  /** @returns what is known of ids by now; those that another server is fetching are not in it */
  const takeTurn = async (
    ids: readonly TaskId[],
    request: SharedFetch,
    hasWaited: boolean,
  ): Promise<FetchResults> => {
    const turns = await begin(createKeys(ids, request));
    try {
      return await useTurns(ids, request, { ...turns, hasWaited });
    } catch (error) {
      await end([...turns.mine]); // those that have ended already are no longer this server's
      throw error;
    }
  };

  const useTurns = async (
    ids: readonly TaskId[],
    request: SharedFetch,
    { mine, notes, hasWaited }: FetchTurns & { readonly hasWaited: boolean },
  ): Promise<FetchResults> => {
    const leased = ids.filter((id) => mine.has(createKey(id, request)));
    const noted = ids.filter((id) => notes.has(createKey(id, request)));
    const unknown = new Map(
      noted.flatMap((id) => {
        const note = parseNote(notes.get(createKey(id, request)) ?? '');
        return note.kind === 'unknown' ? [[id, note.answer] as const] : [];
      }),
    );
    const newer = await findNewer(leased, request);
    await end(createKeys([...newer.keys()], request));
    const accepted = unknown.size === 0 ? unknown : await request.acceptUnknown(unknown, hasWaited);
    const results: FetchResults = new Map(newer);
    for (const id of accepted.keys())
      results.set(id, {
        kind: 'unknown',
        answer: unknown.get(id),
        isShared: hasWaited,
        isRemembered: !hasWaited,
      });
    const asked = [...leased, ...noted].filter((id) => !results.has(id));
    if (asked.length === 0) return results;
    return new Map([...results, ...(await fetchAndTell(asked, request))]);
  };

  return async (request) => {
    const results: FetchResults = new Map();
    let waiting = request.ids;
    for (let pollMs = 0; waiting.length > 0; pollMs = computeNextPoll(pollMs)) {
      if (pollMs > 0) await delay(pollMs);
      for (const [id, result] of await takeTurn(waiting, request, pollMs > 0)) results.set(id, result);
      waiting = waiting.filter((id) => !results.has(id));
    }
    return results;
  };
}

function computeNextPoll(pollMs: number): number {
  return Math.min(Math.max(2 * pollMs, FIRST_POLL_MS), MAX_POLL_MS);
}

/** The same in every server; the token can't be read from it. */
function createKey(id: TaskId, { token = '' }: Pick<SharedFetch, 'token'>): string {
  return hash('sha256', `${token}\n${id}`, 'base64url');
}

function createKeys(ids: readonly TaskId[], request: Pick<SharedFetch, 'token'>): string[] {
  return ids.map((id) => createKey(id, request));
}

/** What those that wait are told; undefined if there is nothing to tell: what was found is stored. */
function createNote(result: Fetched | UpstreamError): string | undefined {
  if (result instanceof UpstreamError) return UNSENT.has(result.kind) ? undefined : formatNote(FAILED);
  if (result.kind === 'found') return result.stored ? undefined : formatNote(FAILED);
  return formatNote({ kind: 'unknown', answer: result.answer });
}
