/** The state of the upstream's circuit breaker: why, and until when, no requests are sent. Survives restarts. */
import type { MaybePromise } from './maybe-promise.ts';

/** `rate-limited`: the upstream asked for a cooldown. `rejected`: 401 or 403. `unreachable`: several failures in a row. */
export type CircuitReason = 'rate-limited' | 'rejected' | 'unreachable';

export interface OpenCircuit {
  readonly untilMs: number;
  readonly reason: CircuitReason;
  readonly message: string;
  /** How many times in a row it was opened for this reason. */
  readonly times: number;
}

export interface CircuitFailure {
  readonly reason: CircuitReason;
  readonly message: string;
  readonly nowMs: number;
  /** The wait in milliseconds after `times` consecutive failures for this reason; called inside the transaction. */
  readonly waitMs: (times: number) => number;
}

/** An end further ahead than this was written by a wrong clock, and is ignored. */
export const MAX_COOLDOWN_MS = 3_600_000;

/** Whether requests to the upstream are allowed. Each function is one atomic step. */
export interface CircuitStore {
  /**
   * Opens the circuit according to `openAfter`.
   * @returns the circuit now in force
   */
  openCircuit(failure: CircuitFailure): MaybePromise<OpenCircuit>;
  /** Closes the circuit, unless a cooldown is in force. @returns whether this closed it */
  closeCircuit(nowMs: number): MaybePromise<boolean>;
  /** The open circuit; undefined when it is closed or has expired. */
  readCircuit(nowMs: number): MaybePromise<OpenCircuit | undefined>;
}

/** Whether the circuit is open now. */
export function isOpen(circuit: OpenCircuit, nowMs: number): boolean {
  const remainingMs = circuit.untilMs - nowMs;
  return remainingMs > 0 && remainingMs <= MAX_COOLDOWN_MS;
}

/** Whether a cooldown that the upstream asked for is in force: nothing may end or shorten it. */
export function isCoolingDown(circuit: OpenCircuit, nowMs: number): boolean {
  return circuit.reason === 'rate-limited' && isOpen(circuit, nowMs);
}

/**
 * The circuit after a failure; the same for every engine. A cooldown in force is never ended or shortened, and only another
 * rate limit may extend it.
 * @param before the last stored circuit, even if it has expired
 */
export function openAfter(before: OpenCircuit | undefined, failure: CircuitFailure): OpenCircuit {
  const { reason, message, nowMs, waitMs } = failure;
  const cooldown = before && isCoolingDown(before, nowMs) ? before : undefined;
  if (cooldown && reason !== 'rate-limited') return cooldown;
  const times = before?.reason === reason ? before.times + 1 : 1;
  const untilMs = Math.max(nowMs + Math.round(waitMs(times)), cooldown?.untilMs ?? 0);
  return { untilMs, reason, message, times };
}
