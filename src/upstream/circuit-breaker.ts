/**
 * Circuit breaker for requests with the mirror's own token, shared by callers and the schedule: checked before each request,
 * updated after a failure. It ignores callers' own tokens, whose rate limits are theirs to handle.
 */
import { type Backoff, computeBackoffDelay } from '../lib/backoff.ts';
import type { Clock } from '../lib/clock.ts';
import {
  type CircuitReason,
  type CircuitStore,
  isCoolingDown,
  isOpen,
  type OpenCircuit,
  openAfter,
} from '../store/contract/circuit.ts';
import { storeErrorCodeOf } from '../store/contract/errors.ts';
import { UpstreamError } from './errors.ts';
import type { Priority, UpstreamAuth } from './upstream-auth.ts';

export interface CircuitBreakerDeps {
  readonly store: CircuitStore;
  readonly clock: Clock;
  readonly random: () => number;
  /** The mirror's own token for the upstream. */
  readonly upstreamToken: string | undefined;
}

export interface CircuitBreaker {
  /** @throws UpstreamError `blocked` with the remaining time, during a rate-limit cooldown */
  checkBefore(auth: UpstreamAuth): Promise<void>;
  /** Starts or extends a cooldown if the failure is a rate limit. */
  recordFailure(error: UpstreamError, auth: UpstreamAuth): Promise<void>;
  /** Opens the circuit for the schedule after a failure other than a rate limit; keeps an active cooldown. */
  openCircuit(reason: Exclude<CircuitReason, 'rate-limited'>, error: UpstreamError): Promise<void>;
  /** Closes the circuit after a success. Keeps an active cooldown, which may have been requested in the meantime. */
  closeCircuit(): Promise<void>;
  /** Why, and until when, the circuit is open; undefined when it is closed. */
  readCircuit(): Promise<OpenCircuit | undefined>;
}

/** Used when the upstream sends no `Retry-After`. */
const BACKOFF: Readonly<Record<CircuitReason, Backoff>> = {
  'rate-limited': { firstMs: 5000, maxMs: 5 * 60_000 },
  unreachable: { firstMs: 5000, maxMs: 5 * 60_000 },
  rejected: { firstMs: 15 * 60_000, maxMs: 15 * 60_000 },
};

export function createCircuitBreaker(deps: CircuitBreakerDeps): CircuitBreaker {
  const { store, clock, random, upstreamToken } = deps;
  /** Obeyed although it could not be stored. */
  let unstored: OpenCircuit | undefined;
  const open = async (reason: CircuitReason, { message, retryAfterMs }: UpstreamError) => {
    const waitMs = (times: number) => retryAfterMs ?? computeBackoffDelay(BACKOFF[reason], times - 1, random);
    const failure = { reason, message, nowMs: clock.now(), waitMs };
    try {
      await store.openCircuit(failure);
      unstored = undefined;
    } catch (error) {
      // Whoever caused the failure must still get the response, or the stored copy.
      if (storeErrorCodeOf(error) === undefined) throw error;
      unstored = openAfter(unstored, failure);
    }
  };
  const read = async (nowMs: number): Promise<OpenCircuit | undefined> =>
    unstored && isOpen(unstored, nowMs) ? unstored : store.readCircuit(nowMs);
  const isOwn = ({ token }: UpstreamAuth) => token !== undefined && token === upstreamToken;

  return {
    checkBefore: async (auth) => {
      if (!isOwn(auth)) return;
      const nowMs = clock.now();
      const circuit = await read(nowMs);
      if (circuit?.reason !== 'rate-limited') return;
      throw new UpstreamError('blocked', circuit.message, undefined, circuit.untilMs - nowMs);
    },
    recordFailure: async (error, auth) => {
      if (isOwn(auth) && isRecorded(error, auth.priority)) await open('rate-limited', error);
    },
    openCircuit: open,
    closeCircuit: async () => {
      const nowMs = clock.now();
      if (unstored && !isCoolingDown(unstored, nowMs)) unstored = undefined;
      await store.closeCircuit(nowMs);
    },
    readCircuit: async () => read(clock.now()),
  };
}

/**
 * Whether a failure starts a cooldown: a 429, and for the schedule any other answer with `Retry-After`. For an interactive
 * request such an answer is forwarded to its caller, and must not block the other callers.
 */
function isRecorded(error: UpstreamError, priority: Priority): boolean {
  if (error.kind === 'blocked') return false;
  return priority === 'interactive' ? error.status === 429 : error.asksToWait;
}
