/**
 * The vendor's Tasks API as a client: at most `concurrency` requests in flight, in the turns of fair-queue.ts, retries
 * by the table in retry.ts, cooldowns by circuit-breaker.ts, and every answer validated before use.
 */
import type { Clock } from '../lib/clock.ts';
import { USER_AGENT } from '../lib/version.ts';
import { FLUX } from '../service/flux.ts';
import type { TaskKind } from '../task/artifacts.ts';
import type { TaskDocument } from '../task/document.ts';
import type { TaskId } from '../task/id.ts';
import {
  type BatchItems,
  type HistoryItems,
  isDeleted,
  isUnknownTask,
  readError,
  readHistory,
  readItems,
  readRetrieved,
} from './answers.ts';
import type { CircuitBreaker } from './circuit-breaker.ts';
import { type StreamedAnswer, type UpstreamAnswer, UpstreamError } from './errors.ts';
import { createFairQueue } from './fair-queue.ts';
import { fetchWithoutHeadersTimeout } from './fetch-without-headers-timeout.ts';
import { openRequest, sendRequest } from './request.ts';
import { computeRetryDelay } from './retry.ts';
import { parseRetryAfterMs } from './retry-after.ts';
import type { UpstreamAuth } from './upstream-auth.ts';
import { createWaiters, type Waiter, type Waiters } from './waiters.ts';

/** The vendor's clients refuse more than 50 ids in one request. */
export const MAX_BATCH = 50;
/** After decompression. */
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;

/** A synchronous generation takes one to two minutes. */
const GENERATION_TIMEOUT_MS = 10 * 60_000;

export interface UpstreamOptions {
  readonly baseUrl: string;
  readonly concurrency: number;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly fetch?: typeof globalThis.fetch;
  readonly random?: () => number;
  readonly maxAnswerBytes?: number;
  /** Checked before every attempt of a task request; notified of the final failure. */
  readonly breaker?: Pick<CircuitBreaker, 'checkBefore' | 'recordFailure'>;
  /** Aborts requests in flight and the delays between retries. */
  readonly signal?: AbortSignal;
  /** Called after every request sent, for metrics. */
  readonly onRequest?: (outcome: string, durationMs: number) => void;
}

export type Retrieved =
  | { readonly kind: 'found'; readonly document: TaskDocument; readonly answer: UpstreamAnswer }
  | { readonly kind: 'unknown'; readonly answer: UpstreamAnswer };

export interface Upstream {
  /** One task. @throws UpstreamError */
  retrieve(id: TaskId, auth: UpstreamAuth): Promise<Retrieved>;
  /** Up to MAX_BATCH tasks; ids unknown to the upstream are absent from the result. @throws UpstreamError */
  retrieveBatch(ids: readonly TaskId[], auth: UpstreamAuth): Promise<BatchItems & { answer: UpstreamAnswer }>;
  /** The history list, requested with the caller's own body. @throws UpstreamError */
  list(body: string, auth: UpstreamAuth): Promise<HistoryItems & { answer: UpstreamAnswer }>;
  /** Deletes with the caller's own body; never retried. @throws UpstreamError */
  remove(body: string, auth: UpstreamAuth): Promise<{ deleted: boolean; answer: UpstreamAnswer }>;
  /**
   * Forwards a generation unchanged. Never retried: each request may be charged. Not queued and not counted against
   * `concurrency`, because it may take minutes. @throws UpstreamError without an answer; an error status is an answer
   */
  generate(generation: Generation, token: string | undefined): Promise<StreamedAnswer>;
}

export interface Generation {
  readonly kind: TaskKind;
  /** Complete, or a stream. */
  readonly body: Uint8Array<ArrayBuffer> | AsyncIterable<Uint8Array>;
  /** Length of a streamed body in bytes, if the caller declared it. */
  readonly length?: number | undefined;
  /** The caller's own, without its token. */
  readonly headers: Readonly<Record<string, string>>;
}

/** For requests of which nobody says who waits for them. */
const UNNAMED_WAITER: Waiter = { caller: '' };

export function createUpstream(options: UpstreamOptions): Upstream {
  const { clock, random = Math.random, breaker } = options;
  const queue = createFairQueue(options);
  const base = options.baseUrl.replace(/\/+$/, '');
  const url = `${base}${FLUX.taskPath}`;
  const maxBytes = options.maxAnswerBytes ?? MAX_ANSWER_BYTES;
  const generationFetch = options.fetch ?? fetchWithoutHeadersTimeout;

  const reportRequest = async <Answer extends { status: number }>(send: () => Promise<Answer>) => {
    const started = clock.monotonic();
    const report = (outcome: string) => options.onRequest?.(outcome, clock.monotonic() - started);
    try {
      const answer = await send();
      report(String(answer.status));
      return answer;
    } catch (error) {
      report(error instanceof UpstreamError ? error.kind : 'error');
      throw error;
    }
  };

  const attempt = async (body: string, auth: UpstreamAuth): Promise<UpstreamAnswer> => {
    await breaker?.checkBefore(auth);
    return reportRequest(() =>
      sendRequest(
        {
          url,
          body,
          headers: {
            ...createAuthorization(auth.token),
            'content-type': 'application/json',
            accept: 'application/json',
            'user-agent': auth.userAgent ?? USER_AGENT,
            ...auth.payment?.headers,
          },
          timeoutMs: options.timeoutMs,
          signal: options.signal,
          maxBytes,
        },
        options.fetch ?? globalThis.fetch,
      ),
    );
  };

  /** Lets the circuit breaker hear of a failure. */
  const recordOutcome = async <T>(auth: UpstreamAuth, request: () => Promise<T>): Promise<T> => {
    try {
      return await request();
    } catch (error) {
      if (error instanceof UpstreamError) await breaker?.recordFailure(error, auth);
      throw error;
    }
  };

  const send = async (body: string, auth: UpstreamAuth): Promise<UpstreamAnswer> =>
    queue.add(() => attempt(body, auth), selectWaiters(auth));

  /** Sends, parses, and retries as the table allows. A slot is held while a request is in flight, not between retries. */
  const sendWithRetries = async <T>(
    body: string,
    auth: UpstreamAuth,
    read: (answer: UpstreamAnswer) => T,
  ): Promise<T> => {
    for (let retries = 0; ; retries += 1) {
      try {
        return read(await send(body, auth));
      } catch (error) {
        const delay =
          error instanceof UpstreamError && auth.payment === undefined
            ? computeRetryDelay(error, retries, auth.priority, random)
            : undefined;
        if (delay === undefined) throw error;
        await clock.sleep(delay, options.signal).catch(() => {
          throw error; // aborted: report the last failure
        });
      }
    }
  };

  const ask = <T>(body: string, auth: UpstreamAuth, read: (answer: UpstreamAnswer) => T): Promise<T> =>
    recordOutcome(auth, () => sendWithRetries(body, auth, read));

  const assertSuccess = (answer: UpstreamAnswer): UpstreamAnswer => {
    if (answer.status >= 200 && answer.status < 300) return answer;
    throw createStatusError(answer, clock.now());
  };

  return {
    retrieve: (id, auth) =>
      ask(createBody({ action: 'retrieve', id }, auth), auth, (answer): Retrieved => {
        if (isUnknownTask(answer)) return { kind: 'unknown', answer };
        const document = readRetrieved(assertSuccess(answer), id, clock.now());
        return document ? { kind: 'found', document, answer } : { kind: 'unknown', answer };
      }),
    retrieveBatch: (ids, auth) =>
      ask(createBody({ action: 'retrieve_batch', ids }, auth), auth, (answer) => ({
        ...readItems(assertSuccess(answer), new Set(ids), clock.now()),
        answer,
      })),
    list: (body, auth) =>
      ask(body, auth, (answer) => ({ ...readHistory(assertSuccess(answer), clock.now()), answer })),
    remove: (body, auth) =>
      recordOutcome(auth, async () => {
        const answer = await send(body, auth);
        return { deleted: isDeleted(assertSuccess(answer)), answer };
      }),
    generate: ({ kind, body, length, headers }, token) =>
      reportRequest(() =>
        openRequest(
          {
            url: `${base}${FLUX.generationPaths[kind]}`,
            body,
            headers: {
              'user-agent': USER_AGENT,
              ...headers,
              ...(length === undefined || body instanceof Uint8Array
                ? {}
                : { 'content-length': String(length) }),
              ...createAuthorization(token),
            },
            timeoutMs: GENERATION_TIMEOUT_MS,
            signal: options.signal,
            maxBytes,
          },
          generationFetch,
        ),
      ),
  };
}

function selectWaiters({ priority, waiter = UNNAMED_WAITER, waiters }: UpstreamAuth): Waiters | undefined {
  return priority === 'background' ? undefined : (waiters ?? createWaiters(waiter));
}

/** A paid request is forwarded unchanged. */
function createBody(request: object, { payment }: UpstreamAuth): string {
  return payment?.body ?? JSON.stringify(request);
}

function createAuthorization(token: string | undefined): Record<string, string> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

function createStatusError(answer: UpstreamAnswer, nowMs: number): UpstreamError {
  const { code } = readError(answer);
  const suffix = /^[a-z0-9_.-]{1,64}$/i.test(code) ? ` ${code}` : '';
  return new UpstreamError(
    'status',
    `the upstream answered ${answer.status}${suffix}`,
    answer,
    parseRetryAfterMs(answer.headers, nowMs),
  );
}
