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
  errorOf,
  type HistoryItems,
  readHistory,
  readItems,
  readRetrieved,
  saysDeleted,
  saysUnknown,
} from './answers.ts';
import type { CircuitBreaker } from './circuit-breaker.ts';
import { type StreamedAnswer, type UpstreamAnswer, UpstreamError } from './errors.ts';
import { exchange, openExchange } from './exchange.ts';
import { patientFetch } from './patient-fetch.ts';
import { type Patience, retryDelay } from './retry.ts';
import { retryAfterMs } from './retry-after.ts';

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

export interface Asking {
  readonly token: string;
  readonly patience: Patience;
}

export type Retrieved =
  | { readonly kind: 'found'; readonly document: TaskDocument }
  | { readonly kind: 'unknown'; readonly answer: UpstreamAnswer };

export interface Upstream {
  /** One task. @throws UpstreamError */
  retrieve(id: TaskId, asking: Asking): Promise<Retrieved>;
  /** Up to MAX_BATCH tasks; ids unknown to the upstream are missing from the result. @throws UpstreamError */
  retrieveBatch(ids: readonly TaskId[], asking: Asking): Promise<BatchItems>;
  /** The history list, asked with the caller's own body. @throws UpstreamError */
  list(body: string, asking: Asking): Promise<HistoryItems & { answer: UpstreamAnswer }>;
  /** Deletes with the caller's own body; never repeated. @throws UpstreamError */
  remove(body: string, asking: Asking): Promise<{ deleted: boolean; answer: UpstreamAnswer }>;
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
  const generationFetch = options.fetch ?? patientFetch;

  const reported = async <Answer extends { status: number }>(send: () => Promise<Answer>) => {
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

  const attempt = async (body: string, asking: Asking): Promise<UpstreamAnswer> => {
    await breaker?.checkBefore(asking);
    return reported(() =>
      exchange(
        {
          url,
          body,
          headers: {
            authorization: `Bearer ${asking.token}`,
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
  const recorded = async <T>(asking: Asking, request: () => Promise<T>): Promise<T> => {
    try {
      return await request();
    } catch (error) {
      if (error instanceof UpstreamError) await breaker?.recordFailure(error, asking);
      throw error;
    }
  };

  const send = async (body: string, asking: Asking): Promise<UpstreamAnswer> =>
    queue.add(() => attempt(body, asking), { priority: PRIORITY[asking.patience] });

  /** Sends, reads, and repeats what the table allows. A slot is held while a request is under way, not while waiting. */
  const sendWithRetries = async <T>(
    body: string,
    asking: Asking,
    read: (answer: UpstreamAnswer) => T,
  ): Promise<T> => {
    for (let repeats = 0; ; repeats += 1) {
      try {
        return read(await send(body, asking));
      } catch (error) {
        const delay =
          error instanceof UpstreamError ? retryDelay(error, repeats, asking.patience, random) : undefined;
        if (delay === undefined) throw error;
        await clock.sleep(delay, options.signal).catch(() => {
          throw error; // nothing more is asked
        });
      }
    }
  };

  const ask = <T>(body: string, asking: Asking, read: (answer: UpstreamAnswer) => T): Promise<T> =>
    recorded(asking, () => sendWithRetries(body, asking, read));

  const succeeded = (answer: UpstreamAnswer): UpstreamAnswer => {
    if (answer.status >= 200 && answer.status < 300) return answer;
    throw statusError(answer, clock.now());
  };

  return {
    retrieve: (id, asking) =>
      ask(JSON.stringify({ action: 'retrieve', id }), asking, (answer): Retrieved => {
        if (saysUnknown(answer)) return { kind: 'unknown', answer };
        const document = readRetrieved(succeeded(answer), id, clock.now());
        return document ? { kind: 'found', document } : { kind: 'unknown', answer };
      }),
    retrieveBatch: (ids, asking) =>
      ask(JSON.stringify({ action: 'retrieve_batch', ids }), asking, (answer) =>
        readItems(succeeded(answer), new Set(ids), clock.now()),
      ),
    list: (body, asking) =>
      ask(body, asking, (answer) => ({ ...readHistory(succeeded(answer), clock.now()), answer })),
    remove: (body, asking) =>
      recorded(asking, async () => {
        const answer = await send(body, asking);
        return { deleted: saysDeleted(succeeded(answer)), answer };
      }),
    generate: ({ body, headers }, token) =>
      reported(() =>
        openExchange(
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

function statusError(answer: UpstreamAnswer, nowMs: number): UpstreamError {
  const { code } = errorOf(answer);
  const said = /^[a-z0-9_.-]{1,64}$/i.test(code) ? ` ${code}` : '';
  return new UpstreamError(
    'status',
    `the upstream answered ${answer.status}${said}`,
    answer,
    retryAfterMs(answer.headers, nowMs),
  );
}
