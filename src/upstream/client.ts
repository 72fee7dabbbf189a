/**
 * The vendor's Tasks API as a client: at most `concurrency` requests in flight, callers before the schedule, retries
 * by the table in retry.ts, cooldowns by circuit-breaker.ts, every answer checked before anybody sees it.
 */
import PQueue from 'p-queue';
import type { Clock } from '../lib/clock.ts';
import { VERSION } from '../lib/version.ts';
import { FLUX } from '../service/flux.ts';
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
import { fetchWithoutHeadersTimeout } from './fetch-without-headers-timeout.ts';
import { openRequest, sendRequest } from './request.ts';
import { computeRetryDelay } from './retry.ts';
import { parseRetryAfterMs } from './retry-after.ts';
import type { UpstreamAuth } from './upstream-auth.ts';

/** The vendor's clients refuse more than 50 ids in one request. */
export const MAX_BATCH = 50;
/** Of one decoded answer. */
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;
/** A synchronous generation answers after one to two minutes. */
const GENERATION_TIMEOUT_MS = 10 * 60_000;

export interface UpstreamOptions {
  readonly baseUrl: string;
  readonly concurrency: number;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly fetch?: typeof globalThis.fetch;
  readonly random?: () => number;
  readonly maxAnswerBytes?: number;
  /** Checked before a task request is sent, and again before it is repeated; hears how it failed in the end. */
  readonly breaker?: Pick<CircuitBreaker, 'checkBefore' | 'recordFailure'>;
  /** Ends whatever is under way, and the waits between tries. */
  readonly signal?: AbortSignal;
  /** Called after every request that was sent, for counters. */
  readonly onRequest?: (outcome: string, durationMs: number) => void;
}

export type Retrieved =
  | { readonly kind: 'found'; readonly document: TaskDocument }
  | { readonly kind: 'unknown'; readonly answer: UpstreamAnswer };

export interface Upstream {
  /** One task. @throws UpstreamError */
  retrieve(id: TaskId, auth: UpstreamAuth): Promise<Retrieved>;
  /** Up to MAX_BATCH tasks; ids unknown to the upstream are missing from the result. @throws UpstreamError */
  retrieveBatch(ids: readonly TaskId[], auth: UpstreamAuth): Promise<BatchItems>;
  /** The history list, asked with the caller's own body. @throws UpstreamError */
  list(body: string, auth: UpstreamAuth): Promise<HistoryItems & { answer: UpstreamAnswer }>;
  /** Deletes with the caller's own body; never repeated. @throws UpstreamError */
  remove(body: string, auth: UpstreamAuth): Promise<{ deleted: boolean; answer: UpstreamAnswer }>;
  /**
   * Hands a generation on as it came. Never repeated: each one can be charged. It waits for no slot and holds none, because
   * it may take minutes. @throws UpstreamError when there is no answer; an error status is an answer
   */
  generate(generation: Generation, token: string): Promise<StreamedAnswer>;
}

export interface Generation {
  readonly body: Uint8Array<ArrayBuffer>;
  /** The caller's own, but for its token. */
  readonly headers: Readonly<Record<string, string>>;
}

const PRIORITY = { interactive: 1, background: 0 } as const;

export function createUpstream(options: UpstreamOptions): Upstream {
  const { clock, random = Math.random, breaker } = options;
  const queue = new PQueue({ concurrency: options.concurrency });
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
            authorization: `Bearer ${auth.token}`,
            'content-type': 'application/json',
            accept: 'application/json',
            'user-agent': `flux-mirror/${VERSION}`,
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
    queue.add(() => attempt(body, auth), { priority: PRIORITY[auth.priority] });

  /** Sends, reads, and repeats what the table allows. A slot is held while a request is under way, not while waiting. */
  const sendWithRetries = async <T>(
    body: string,
    auth: UpstreamAuth,
    read: (answer: UpstreamAnswer) => T,
  ): Promise<T> => {
    for (let repeats = 0; ; repeats += 1) {
      try {
        return read(await send(body, auth));
      } catch (error) {
        const delay =
          error instanceof UpstreamError
            ? computeRetryDelay(error, repeats, auth.priority, random)
            : undefined;
        if (delay === undefined) throw error;
        await clock.sleep(delay, options.signal).catch(() => {
          throw error; // nothing more is asked
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
      ask(JSON.stringify({ action: 'retrieve', id }), auth, (answer): Retrieved => {
        if (isUnknownTask(answer)) return { kind: 'unknown', answer };
        const document = readRetrieved(assertSuccess(answer), id, clock.now());
        return document ? { kind: 'found', document } : { kind: 'unknown', answer };
      }),
    retrieveBatch: (ids, auth) =>
      ask(JSON.stringify({ action: 'retrieve_batch', ids }), auth, (answer) =>
        readItems(assertSuccess(answer), new Set(ids), clock.now()),
      ),
    list: (body, auth) =>
      ask(body, auth, (answer) => ({ ...readHistory(assertSuccess(answer), clock.now()), answer })),
    remove: (body, auth) =>
      recordOutcome(auth, async () => {
        const answer = await send(body, auth);
        return { deleted: isDeleted(assertSuccess(answer)), answer };
      }),
    generate: ({ body, headers }, token) =>
      reportRequest(() =>
        openRequest(
          {
            url: `${base}${FLUX.generationPaths.images}`,
            body,
            headers: { ...headers, authorization: `Bearer ${token}` },
            timeoutMs: GENERATION_TIMEOUT_MS,
            signal: options.signal,
            maxBytes,
          },
          generationFetch,
        ),
      ),
  };
}

function createStatusError(answer: UpstreamAnswer, nowMs: number): UpstreamError {
  const { code } = readError(answer);
  const said = /^[a-z0-9_.-]{1,64}$/i.test(code) ? ` ${code}` : '';
  return new UpstreamError(
    'status',
    `the upstream answered ${answer.status}${said}`,
    answer,
    parseRetryAfterMs(answer.headers, nowMs),
  );
}
