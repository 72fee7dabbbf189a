/**
 * Leaving the upstream alone: checked before a request of the mirror's own token and recorded after it, by callers and schedule
 * together. The limits of a caller's own token are the caller's.
 */
import { type Backoff, computeBackoffDelay } from '../lib/backoff.ts';
import type { Clock } from '../lib/clock.ts';
import type { CircuitReason, CircuitStore, OpenCircuit } from '../store/contract/circuit.ts';
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
  /** @throws UpstreamError `blocked` with the time that is left, while the upstream has asked for a cooldown */
  checkBefore(auth: UpstreamAuth): Promise<void>;
  /** Begins a cooldown, or prolongs it, where the failure is a rate limit. */
  recordFailure(error: UpstreamError, auth: UpstreamAuth): Promise<void>;
  /** Opens the circuit for the schedule after a failure that is no rate limit; a cooldown in force stays. */
  openCircuit(reason: Exclude<CircuitReason, 'rate-limited'>, error: UpstreamError): Promise<void>;
  /** The upstream works again; a cooldown in force stays: it may have been asked for while the answer came. */
  closeCircuit(): Promise<void>;
  /** Why, and until when, the upstream is left alone; undefined when it may be asked. */
  readCircuit(): Promise<OpenCircuit | undefined>;
}

/** Where the upstream does not say how long. */
const BACKOFF: Readonly<Record<CircuitReason, Backoff>> = {
  'rate-limited': { firstMs: 5000, maxMs: 5 * 60_000 },
  unreachable: { firstMs: 5000, maxMs: 5 * 60_000 },
  rejected: { firstMs: 15 * 60_000, maxMs: 15 * 60_000 },
};

export function createCircuitBreaker(deps: CircuitBreakerDeps): CircuitBreaker {
  const { store, clock, random, upstreamToken } = deps;
  const open = async (reason: CircuitReason, { message, retryAfterMs }: UpstreamError) => {
    const waitMs = (times: number) => retryAfterMs ?? computeBackoffDelay(BACKOFF[reason], times - 1, random);
    await store.openCircuit({ reason, message, nowMs: clock.now(), waitMs });
  };
  return {
    checkBefore: async ({ token }) => {
      if (token !== upstreamToken) return;
      const nowMs = clock.now();
      const circuit = await store.readCircuit(nowMs);
      if (circuit?.reason !== 'rate-limited') return;
      throw new UpstreamError('blocked', circuit.message, undefined, circuit.untilMs - nowMs);
    },
    recordFailure: async (error, { token, priority }) => {
      if (token === upstreamToken && isRecorded(error, priority)) await open('rate-limited', error);
    },
    openCircuit: open,
    closeCircuit: async () => {
      await store.closeCircuit(clock.now());
    },
    readCircuit: async () => store.readCircuit(clock.now()),
  };
}

/**
 * Whether a failure begins a cooldown: a 429, and for the schedule any other answer that says how long to wait. To a caller such
 * an answer is relayed, and keeps no other caller waiting.
 */
function isRecorded(error: UpstreamError, priority: Priority): boolean {
  if (error.kind === 'blocked') return false;
  return priority === 'interactive' ? error.status === 429 : error.asksToWait;
}
