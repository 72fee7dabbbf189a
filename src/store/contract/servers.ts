/** The processes that work on a mirror: which are alive, and so whose claims and runs are still valid. */
import type { MaybePromise } from './maybe-promise.ts';

/** How often a process that holds claims records a heartbeat. */
export const HEARTBEAT_INTERVAL_MS = 5000;
/** A process without a heartbeat for this long is dead, and its claims are released. */
export const SERVER_TIMEOUT_MS = 30_000;

/** A process that serves a mirror. */
export interface RunningServer {
  readonly pid: number;
  /** The name of its machine. */
  readonly host: string;
}

/** The processes that work on a mirror. A process owns its claims and runs until it dies. */
export interface ServerStore {
  /** Records that this process is alive. Releases the claims and ends the runs of dead processes. */
  recordHeartbeat(nowMs: number): MaybePromise<void>;
  /** The server, as far as can be known from here: after a kill, its pid may have been given to another process. */
  findServer(nowMs: number): MaybePromise<RunningServer | undefined>;
}
