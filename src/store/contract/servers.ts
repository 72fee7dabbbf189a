/** The processes that work on a mirror: which are alive, and so whose claims and runs are still valid. */
import type { MaybePromise } from './maybe-promise.ts';

/** How often a process that holds claims records a heartbeat. */
export const HEARTBEAT_INTERVAL_MS = 5000;
/** A process without a heartbeat for this long is dead, and its claims are released. */
export const SERVER_TIMEOUT_MS = 30_000;

/** A process that serves a mirror, as far as can be known from here: after a kill, its pid may have been given to another process. */
export interface RunningServer {
  readonly pid: number;
  /** The name of its machine. */
  readonly host: string;
  /** Of a server that shares the mirror with others. */
  readonly heartbeat?: ServerHeartbeat;
}

export interface ServerHeartbeat {
  /** Of this program. */
  readonly version: string;
  /** Where it listens, as it sees it; undefined until it does. */
  readonly url: string | undefined;
  readonly startedAtMs: number;
  readonly seenAtMs: number;
}

/** The processes that work on a mirror. A process owns its claims and runs until it dies. */
export interface ServerStore {
  /**
   * Records that this process is alive. Releases the claims and ends the runs of dead processes.
   * @param url where it listens
   */
  recordHeartbeat(nowMs: number, url?: string): MaybePromise<void>;
  /** The servers that are alive, the newest first. */
  findServers(nowMs: number): MaybePromise<readonly RunningServer[]>;
  /** The time of the store's own machine, epoch milliseconds; undefined if it is this one. */
  readClock(): MaybePromise<number | undefined>;
}
