/** What a caller gets, and how it came about. */
import type { ConcatenatedTasks, StoredTask } from '../store/contract/tasks.ts';
import type { UpstreamAnswer } from '../upstream/errors.ts';
import { computeAgeMs } from './freshness.ts';

/** How the answer came about, in the words of RFC 9211. */
export interface CacheStatus {
  readonly hit?: boolean;
  /** Why the upstream was asked: nothing was stored, it was stale, the caller wanted it, or it is never cached. */
  readonly fwd?: 'miss' | 'stale' | 'request' | 'bypass';
  readonly stored?: boolean;
  /** Another caller's request brought it. */
  readonly collapsed?: boolean;
  readonly detail?: 'stale-if-error' | 'offline' | 'only-if-cached' | 'unknown-to-upstream' | 'partial';
}

export interface MirrorResponse {
  readonly status: number;
  readonly body: string | Uint8Array;
  readonly cacheStatus: CacheStatus;
  /** Whole seconds since the upstream confirmed it; only for what came from the cache. */
  readonly ageSeconds: number | undefined;
  /** Headers of the upstream that are handed on. */
  readonly headers: Readonly<Record<string, string>>;
}

const NO_HEADERS = {};

/** A stored document, exactly as it is. */
export function taskResponse(task: StoredTask, cacheStatus: CacheStatus, nowMs: number): MirrorResponse {
  return {
    status: 200,
    body: task.text,
    cacheStatus,
    ageSeconds: cacheStatus.hit ? Math.floor(computeAgeMs(task, nowMs) / 1000) : undefined,
    headers: NO_HEADERS,
  };
}

/**
 * Documents as the upstream's list: their texts, spliced.
 * @param count the upstream's `count`: the number of items, or of all matches of a history list
 */
export function createItemsResponse(
  tasks: readonly StoredTask[],
  count: number,
  cacheStatus: CacheStatus,
  nowMs: number,
): MirrorResponse {
  const oldest = tasks.reduce((age, task) => Math.max(age, computeAgeMs(task, nowMs)), 0);
  return {
    status: 200,
    body: `${LIST_HEAD}${tasks.map((task) => task.text).join(',')}${listTail(count)}`,
    cacheStatus,
    ageSeconds: cacheStatus.hit ? Math.floor(oldest / 1000) : undefined,
    headers: NO_HEADERS,
  };
}

/** The same of documents that the store joined already, in one part or several. */
export function createJoinedResponse(parts: readonly ConcatenatedTasks[], nowMs: number): MirrorResponse {
  const texts = parts.flatMap(({ text }, at) => (at === 0 ? [text] : [COMMA, text]));
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  const oldest = parts.reduce(
    (age, { fetchedAtMs = nowMs }) => Math.max(age, computeAgeMs({ fetchedAtMs }, nowMs)),
    0,
  );
  return {
    status: 200,
    body: Buffer.concat([LIST_HEAD, ...texts, Buffer.from(listTail(count))]),
    cacheStatus: { hit: true },
    ageSeconds: Math.floor(oldest / 1000),
    headers: NO_HEADERS,
  };
}

const LIST_HEAD = Buffer.from('{"items":[');
const COMMA = Buffer.from(',');

function listTail(count: number): string {
  return `],"count":${count}}`;
}

const HANDED_ON = ['retry-after', 'www-authenticate'];

/** The upstream's own answer: its status and its bytes. */
export function forwardResponse(answer: UpstreamAnswer, cacheStatus: CacheStatus): MirrorResponse {
  const headers = HANDED_ON.map((name) => [name, answer.headers.get(name)] as const);
  return {
    status: answer.status,
    body: answer.body,
    cacheStatus,
    ageSeconds: undefined,
    headers: Object.fromEntries(headers.filter((entry): entry is [string, string] => entry[1] !== null)),
  };
}
