/**
 * Runs searches on worker threads, so that a heavy search never delays a cached retrieve. A thread builds complete responses, so
 * that not even their JSON is serialised here. Callers are served in turn, each with one search at a time, and a second
 * thread is started when another caller would have to wait for the first.
 */
import { ApiError, createHangUpError } from '../../lib/api-error.ts';
import { createTurnOrder } from '../../lib/turn-order.ts';
import type { AnswerTo, Question, SearchWorkerData } from './search-protocol.ts';
import {
  createSearchRunner,
  type HangUpWatch,
  type SearchLimits,
  type SearchRunner,
} from './search-runner.ts';

/** More would only be answered after their callers have given up. */
const MAX_WAITING = 256;
export const MAX_THREADS = 2;
/** Questions whose answers are kept by the thread that counted them. */
const COUNT_ROUTES: ReadonlySet<Question['route']> = new Set(['facets', 'months', 'first-view']);
/** A page asks several questions in a row, which are answered by the same thread. */
const RECOUNT_DELAY_MS = 50;
const DEFAULT_LIMITS: SearchLimits = { timeoutMs: 5000, graceMs: 2000, heapMib: 512 };

export interface AskedBy {
  /** Who asks: callers are served in turn. */
  readonly caller?: string;
  /** Ends the search when its caller hangs up. */
  readonly onHangUp?: HangUpWatch;
}

export interface Searching {
  /**
   * The answer to a question; to a search it is a JSON text.
   * @param isWanted checked before the search starts; one whose caller has hung up is skipped
   * @throws ApiError 400; 499 when its caller hung up; 503 when too many are waiting, or when it takes too long
   */
  answer<Asked extends Question>(
    question: Asked,
    isWanted?: () => boolean,
    by?: AskedBy,
  ): Promise<AnswerTo<Asked>>;
  close(): Promise<void>;
}

interface Waiter {
  readonly caller: string;
  /** Whether its answer may be among the counts that the first thread keeps. */
  readonly isCount: boolean;
  isWanted(): boolean;
  run(runner: SearchRunner): Promise<void>;
  reject(reason: unknown): void;
}

/**
 * A thread starts when it is first needed, and restarts after a crash.
 * @param module the thread's entry point
 * @param onError called with errors that the caller must not see
 */
export function startSearchThread(
  module: URL,
  data: Omit<SearchWorkerData, 'interrupted'>,
  onError: (error: unknown) => void = () => undefined,
  limits: Partial<SearchLimits> = {},
): Searching {
  const queue = createTurnOrder<Waiter, Waiter>();
  const runners: readonly SearchRunner[] = Array.from({ length: MAX_THREADS }, () =>
    createSearchRunner(module, data, { ...DEFAULT_LIMITS, ...limits }),
  );
  /** Those with a search or a count in progress. */
  const busy = new Set<SearchRunner>();
  /** The callers whose searches are in progress. */
  const running = new Set<string>();
  /** Ends the counts that nobody waits for. */
  const recounts = new Set<() => void>();
  let isClosed = false;

  /** The first one, if it is idle: it has the warmest caches, and the counts that are kept. */
  const findIdle = () => runners.find((runner) => !busy.has(runner));
  const isAnyoneWaiting = () => Array.from(queue.jobs).some(({ caller }) => !running.has(caller));

  const runNext = (): void => {
    const runner = findIdle();
    const [stopRecount] = recounts;
    if (!runner && stopRecount && isAnyoneWaiting()) stopRecount();
    const waiter = runner && queue.next((caller) => running.has(caller));
    if (!waiter) return;
    if (stopRecount && waiter.isCount) {
      stopRecount(); // the thread that counts again has what was counted last, another one has nothing
      return;
    }
    queue.remove(waiter, waiter);
    if (!waiter.isWanted()) {
      waiter.reject(createHangUpError());
      runNext();
      return;
    }
    busy.add(runner);
    running.add(waiter.caller);
    void waiter.run(runner).then(() => {
      busy.delete(runner);
      running.delete(waiter.caller);
      if (runner.isRecountDue) setTimeout(() => void recount(runner), RECOUNT_DELAY_MS).unref();
      runNext();
    });
    runNext();
  };

  /** Counts again what was answered out of date, until somebody has to wait for the thread. */
  const recount = async (runner: SearchRunner): Promise<void> => {
    if (isClosed || busy.has(runner)) return; // what was asked since will be followed by this
    busy.add(runner);
    try {
      while (!isClosed && runner.isRecountDue && (findIdle() || !isAnyoneWaiting())) {
        await runner.run({ route: 'recount' }, (stop) => {
          recounts.add(stop);
          return () => recounts.delete(stop);
        });
      }
    } catch (error) {
      if (!(error instanceof ApiError)) onError(error);
    }
    busy.delete(runner);
    runNext();
  };

  const rejectAll = (reason: unknown) => {
    for (const waiter of [...queue.jobs]) {
      queue.remove(waiter, waiter);
      waiter.reject(reason);
    }
  };

  const makeRoom = (added: Waiter) => {
    const limits = { maxPerCaller: MAX_WAITING, maxTotal: MAX_WAITING - running.size };
    const excess = queue.findExcess(added, limits)?.job;
    if (!excess) return;
    queue.remove(excess, excess);
    excess.reject(createOverloadedError());
  };

  return {
    answer: <Asked extends Question>(
      question: Asked,
      isWanted: () => boolean = () => true,
      { caller = '', onHangUp }: AskedBy = {},
    ) =>
      new Promise<AnswerTo<Asked>>((resolve, reject) => {
        const waiter: Waiter = {
          caller,
          isCount: COUNT_ROUTES.has(question.route),
          isWanted,
          reject,
          run: async (runner) => {
            stopWatching?.();
            try {
              resolve(await runner.run(question, onHangUp));
            } catch (error) {
              if (!(error instanceof ApiError)) onError(error);
              reject(error);
              // If no thread can be started, the others would only wait for the same error.
              if (!runner.hasAnswered && !(error instanceof ApiError)) rejectAll(error);
            }
          },
        };
        const leave = () => {
          queue.remove(waiter, waiter);
          reject(createHangUpError());
        };
        const stopWatching = onHangUp?.(leave);
        queue.add(waiter, waiter);
        runNext();
        makeRoom(waiter);
      }),
    close: async () => {
      isClosed = true;
      rejectAll(new ApiError(503, 'api_error', 'the mirror is stopping'));
      await Promise.all(runners.map((runner) => runner.close()));
    },
  };
}

function createOverloadedError(): ApiError {
  return new ApiError(503, 'api_error', 'too many searches wait; try again', { retryAfterSeconds: 1 });
}
