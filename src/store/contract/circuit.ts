/** The state of the upstream's circuit breaker: why, and until when, the upstream is not asked. Kept over restarts. */
import type { MaybePromise } from './maybe-promise.ts';

/** `rate-limited`: it asked for a cooldown. `rejected`: 401 or 403. `unreachable`: it failed several times in a row. */
export type CircuitReason = 'rate-limited' | 'rejected' | 'unreachable';

export interface OpenCircuit {
  readonly untilMs: number;
  readonly reason: CircuitReason;
  readonly message: string;
  /** How often in a row it was opened for this reason. */
  readonly times: number;
}

export interface CircuitFailure {
  readonly reason: CircuitReason;
  readonly message: string;
  readonly nowMs: number;
  /** How long to wait, milliseconds, after so many failures in a row for this reason; called within the step. */
  readonly waitMs: (times: number) => number;
}

/** A time further ahead than this comes from a clock that was wrong, and does not count. */
export const MAX_COOLDOWN_MS = 3_600_000;

/** Whether the upstream may be asked. Each function is one atomic step. */
export interface CircuitStore {
  /**
   * Opens the circuit, as `openAfter` says.
   * @returns what is in force now
   */
  openCircuit(failure: CircuitFailure): MaybePromise<OpenCircuit>;
  /** Closes the circuit, unless a cooldown is in force. @returns whether this closed it */
  closeCircuit(nowMs: number): MaybePromise<boolean>;
  /** The open circuit; undefined when it is closed, or its time is over. */
  readCircuit(nowMs: number): MaybePromise<OpenCircuit | undefined>;
}

/** Whether the circuit is open now. */
export function isOpen(circuit: OpenCircuit, nowMs: number): boolean {
  const remainingMs = circuit.untilMs - nowMs;
  return remainingMs > 0 && remainingMs <= MAX_COOLDOWN_MS;
}

/** Whether the upstream has asked for a cooldown that is not over: nothing ends or shortens it. */
export function isCoolingDown(circuit: OpenCircuit, nowMs: number): boolean {
  return circuit.reason === 'rate-limited' && isOpen(circuit, nowMs);
}

/**
 * The circuit after a failure; the same for every engine. A cooldown in force is never ended nor shortened, and only another rate
 * limit may prolong it.
 * @param before what was stored last, even if its time is over
 */
export function openAfter(before: OpenCircuit | undefined, failure: CircuitFailure): OpenCircuit {
  const { reason, message, nowMs, waitMs } = failure;
  const cooldown = before && isCoolingDown(before, nowMs) ? before : undefined;
  if (cooldown && reason !== 'rate-limited') return cooldown;
  const times = before?.reason === reason ? before.times + 1 : 1;
  const untilMs = Math.max(nowMs + Math.round(waitMs(times)), cooldown?.untilMs ?? 0);
  return { untilMs, reason, message, times };
}
