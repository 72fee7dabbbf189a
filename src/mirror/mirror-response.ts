/** The mirror's response to a caller, with its cache status. */
import type { ConcatenatedTasks, StoredTask } from '../store/contract/tasks.ts';
import type { UpstreamAnswer } from '../upstream/errors.ts';
import { RECEIPT_HEADERS } from '../upstream/payment-headers.ts';
import { computeAgeMs } from './freshness.ts';

/** Cache status in the terms of RFC 9211. */
export interface CacheStatus {
  readonly hit?: boolean;
  /** Why the upstream was contacted: nothing stored, stale, requested by the caller, or never cached. */
  readonly fwd?: 'miss' | 'stale' | 'request' | 'bypass';
  readonly stored?: boolean;
  /** Served by another caller's upstream request. */
  readonly collapsed?: boolean;
  readonly detail?:
    | 'stale-if-error'
    | 'stale-while-revalidate'
    | 'offline'
    | 'only-if-cached'
    | 'unknown-to-upstream'
    | 'partial';
}

export interface MirrorResponse {
  readonly status: number;
  readonly body: string | Uint8Array;
  readonly cacheStatus: CacheStatus;
  /** Whole seconds since the upstream confirmed it; only for responses from the cache. */
  readonly ageSeconds: number | undefined;
  /** Upstream headers that are forwarded. */
  readonly headers: Readonly<Record<string, string>>;
}

const NO_HEADERS = {};

/** A stored document, byte for byte. */
export function taskResponse(
  task: StoredTask,
  cacheStatus: CacheStatus,
  nowMs: number,
  headers: MirrorResponse['headers'] = NO_HEADERS,
): MirrorResponse {
  return {
    status: 200,
    body: task.text,
    cacheStatus,
    ageSeconds: cacheStatus.hit ? Math.floor(computeAgeMs(task, nowMs) / 1000) : undefined,
    headers,
  };
}

/**
 * Documents in the upstream's list format, their texts concatenated unchanged.
 * @param count the upstream's `count`: the number of items, or of all matches of a history list
 */
export function createItemsResponse(
  tasks: readonly StoredTask[],
  count: number,
  cacheStatus: CacheStatus,
  nowMs: number,
  headers: MirrorResponse['headers'] = NO_HEADERS,
): MirrorResponse {
  const oldest = tasks.reduce((age, task) => Math.max(age, computeAgeMs(task, nowMs)), 0);
  return {
    status: 200,
    body: `${LIST_HEAD}${tasks.map((task) => task.text).join(',')}${listTail(count)}`,
    cacheStatus,
    ageSeconds: cacheStatus.hit ? Math.floor(oldest / 1000) : undefined,
    headers,
  };
}

/** The same for chunks of documents whose texts are already concatenated. @param count that of the items when left out */
export function createConcatenatedResponse(
  chunks: readonly ConcatenatedTasks[],
  {
    count = chunks.reduce((sum, chunk) => sum + chunk.count, 0),
    cacheStatus,
    nowMs,
  }: { count?: number; cacheStatus: CacheStatus; nowMs: number },
): MirrorResponse {
  const texts = chunks.flatMap(({ text }, at) => (at === 0 ? [text] : [COMMA, text]));
  const oldest = chunks.reduce(
    (age, { fetchedAtMs = nowMs }) => Math.max(age, computeAgeMs({ fetchedAtMs }, nowMs)),
    0,
  );
  return {
    status: 200,
    body: Buffer.concat([LIST_HEAD, ...texts, Buffer.from(listTail(count))]),
    cacheStatus,
    ageSeconds: cacheStatus.hit ? Math.floor(oldest / 1000) : undefined,
    headers: NO_HEADERS,
  };
}

const LIST_HEAD = Buffer.from('{"items":[');
const COMMA = Buffer.from(',');

function listTail(count: number): string {
  return `],"count":${count}}`;
}

/** Headers of the upstream's response that the caller gets. */
export const FORWARDED_RESPONSE_HEADERS: readonly string[] = [
  'retry-after',
  'www-authenticate',
  ...RECEIPT_HEADERS,
];
/** The number of ids of a batch that could be neither served nor requested: they may exist. */
export const UNFETCHED_HEADER = 'x-flux-mirror-unfetched';
/** Forwarded with its `charset`; any other type could let a browser interpret the body. */
const FORWARDED_TYPE = /^(application\/([\w.-]+\+)?json|text\/plain)\b/i;

/** Selects the headers of the upstream's response that are forwarded to the caller. */
export function selectForwardedHeaders(headers: Headers): Record<string, string> {
  const forwarded = FORWARDED_RESPONSE_HEADERS.map((name) => [name, headers.get(name)] as const);
  const type = headers.get('content-type');
  return {
    ...(type !== null && FORWARDED_TYPE.test(type) ? { 'content-type': type } : {}),
    ...Object.fromEntries(forwarded.filter((entry): entry is [string, string] => entry[1] !== null)),
  };
}

/** Forwards the upstream's response: its status and its bytes. */
export function forwardResponse(answer: UpstreamAnswer, cacheStatus: CacheStatus): MirrorResponse {
  return {
    status: answer.status,
    body: answer.body,
    cacheStatus,
    ageSeconds: undefined,
    headers: selectForwardedHeaders(answer.headers),
  };
}
