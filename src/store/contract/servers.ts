/** The processes that work on a mirror: who is alive, and so whose claims and runs still count. */
import type { MaybePromise } from './maybe-promise.ts';

/** How often a process that holds claims says that it is alive. */
export const HEARTBEAT_INTERVAL_MS = 5000;
/** A process that was not seen for this long is dead: what it held is free. */
export const SERVER_TIMEOUT_MS = 30_000;

/** The processes that work on a mirror. What one claims and the runs it starts are its own until it dies. */
export interface ServerStore {
  /** This process is alive. Frees the claims, and ends the runs, of those that died. */
  recordHeartbeat(nowMs: number): MaybePromise<void>;
}
