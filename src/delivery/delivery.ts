/**
 * Sends what is due to addresses that callers have given, with retries until they accept it. What is due stands in the store: it is
 * claimed for a time, so that what a killed server had claimed is sent by the next one.
 */
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { createSingleFlight } from '../lib/single-flight.ts';
import type { SafeFetch } from '../outbound/safe-fetch.ts';
import { storeErrorCodeOf } from '../store/contract/errors.ts';
import type { MaybePromise } from '../store/contract/maybe-promise.ts';
import { nextCheckDelay } from '../task/next-check.ts';
import { DELIVERY_TIMEOUT_MS, type Message, postMessage } from './post-message.ts';

export interface DeliveryDeps {
  readonly safeFetch: SafeFetch;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
}

/** What is due, in the terms of its kind. */
export interface DeliveryQueue<Item extends { readonly attempts: number }> {
  /** For log lines: `a callback`. */
  readonly what: string;
  readonly giveUpAfterMs: number;
  /** @param request.busy the lanes of what is being sent now */
  claim(request: {
    nowMs: number;
    limit: number;
    leaseMs: number;
    busy: readonly string[];
  }): MaybePromise<readonly Item[]>;
  /** Items of one lane go one after another, if the claim leaves out those that are busy. */
  getLane(item: Item): string;
  /** @returns what to send; or why that is not possible, yet or at all. @throws StoreError */
  prepare(item: Item): Promise<Message | { readonly notYet: string } | { readonly never: string }>;
  /** Since when it is tried; epoch milliseconds. */
  getStartMs(item: Item): number;
  record(item: Item, end: DeliveryEnd): MaybePromise<void>;
}

/** `dueAtMs` undefined: given up. */
export type DeliveryEnd =
  | { readonly deliveredAtMs: number }
  | { readonly dueAtMs: number | undefined; readonly error: string };

export interface Delivery {
  /** Delivers everything that is due; concurrent calls share the run in progress. */
  run(): Promise<void>;
  stop(): Promise<void>;
}

/** A target that hangs takes one of these until its time is over. */
const CONCURRENCY = 16;
/** Of these, for lanes whose last attempt failed: however many targets hang, the others have room. */
const FAILING_CONCURRENCY = 8;
/** Lanes that are remembered as failing. */
const MAX_FAILING_LANES = 10_000;
const POLL_INTERVAL_MS = 1000;

/** Polls every second, and whenever `run` is called. */
export function startDelivery<Item extends { readonly attempts: number }>(
  deps: DeliveryDeps,
  queue: DeliveryQueue<Item>,
): Delivery {
  const { clock, log } = deps;
  const stopping = new AbortController();
  const inFlight = new Map<Promise<void>, string>();
  /** Lanes whose last attempt failed, and is repeated. */
  const failing = new Set<string>();
  /** How many have ended so far. */
  let ended = 0;

  const start = (item: Item): void => {
    const sending = deliver(deps, queue, item, stopping.signal)
      .then((end) => rememberEnd(queue.getLane(item), end))
      .catch(logFailure)
      .finally(() => {
        inFlight.delete(sending);
        ended += 1;
        void claimDue.run();
      });
    inFlight.set(sending, queue.getLane(item));
  };
  const rememberEnd = (lane: string, end: DeliveryEnd): void => {
    failing.delete(lane);
    if ('deliveredAtMs' in end || end.dueAtMs === undefined) return;
    if (failing.size >= MAX_FAILING_LANES) failing.clear();
    failing.add(lane);
  };
  const claim = (limit: number, busy: readonly string[]) =>
    queue.claim({ nowMs: clock.now(), limit, leaseMs: 2 * DELIVERY_TIMEOUT_MS, busy });
  /** What is due: of failing lanes only what they have room for. */
  const claimWithRoom = async (): Promise<Item[]> => {
    const lanes = [...inFlight.values()];
    const free = CONCURRENCY - lanes.length;
    const due = [...(await claim(free, [...lanes, ...failing]))];
    const failingInFlight = lanes.filter((lane) => failing.has(lane)).length;
    const room = Math.min(free - due.length, FAILING_CONCURRENCY - failingInFlight);
    if (room > 0 && failing.size > 0) due.push(...(await claim(room, [...lanes, ...due.map(queue.getLane)])));
    return due;
  };
  const logFailure = (error: unknown) => log.error({ err: error }, `delivering ${queue.what} failed`);
  /** Does not wait for what it starts: a slow target must not hold up others. */
  const claimDue = createSingleFlight(async () => {
    try {
      while (!stopping.signal.aborted && inFlight.size < CONCURRENCY) {
        const before = ended;
        const due = await claimWithRoom();
        // While it was claimed, one may have ended whose lane was left out: what follows there is due as well.
        if (due.length === 0 && ended === before) return;
        for (const item of due) start(item);
      }
    } catch (error) {
      logFailure(error);
    }
  });
  const runAll = createSingleFlight(async () => {
    await claimDue.run();
    while (inFlight.size > 0) {
      await Promise.all(inFlight.keys());
      await claimDue.run();
    }
  });
  const timer = setInterval(claimDue.run, POLL_INTERVAL_MS);
  return {
    run: runAll.run,
    stop: async () => {
      clearInterval(timer);
      stopping.abort();
      await claimDue.current;
      await Promise.all(inFlight.keys());
    },
  };
}

/** @returns what was recorded */
async function deliver<Item extends { readonly attempts: number }>(
  deps: DeliveryDeps,
  queue: DeliveryQueue<Item>,
  item: Item,
  stop: AbortSignal,
): Promise<DeliveryEnd> {
  const { clock, log, random } = deps;
  const attempt = await tryToDeliver(deps, queue, item, stop);
  const nowMs = clock.now();
  if (attempt.error === undefined) {
    const delivered = { deliveredAtMs: nowMs };
    await queue.record(item, delivered);
    return delivered;
  }
  const { error, isFinal = false } = attempt;
  const hasExpired = nowMs - queue.getStartMs(item) >= queue.giveUpAfterMs;
  const dueAtMs = isFinal || hasExpired ? undefined : nowMs + nextCheckDelay(item.attempts, random);
  log.warn({ error, attempts: item.attempts + 1 }, `delivering ${queue.what} failed`);
  const failed = { dueAtMs, error };
  await queue.record(item, failed);
  return failed;
}

interface Attempt {
  /** Undefined on success. */
  readonly error: string | undefined;
  /** Whether another attempt is useless. */
  readonly isFinal?: boolean;
}

/** @throws StoreError */
async function tryToDeliver<Item extends { readonly attempts: number }>(
  deps: DeliveryDeps,
  queue: DeliveryQueue<Item>,
  item: Item,
  stop: AbortSignal,
): Promise<Attempt> {
  try {
    const prepared = await queue.prepare(item);
    if ('notYet' in prepared) return { error: prepared.notYet };
    if ('never' in prepared) return { error: prepared.never, isFinal: true };
    return { error: await postMessage(deps.safeFetch, prepared, stop) };
  } catch (error) {
    if (storeErrorCodeOf(error) !== undefined) throw error;
    // Otherwise it would be claimed again and again, and never given up.
    deps.log.error({ err: error }, `${queue.what} can not be delivered`);
    return { error: 'it can not be read' };
  }
}
