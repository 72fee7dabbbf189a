/** What a sync run is built of. */
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { Store } from '../store/contract/store.ts';
import type { CircuitBreaker } from '../upstream/circuit-breaker.ts';
import type { Upstream } from '../upstream/client.ts';

export interface SyncDeps {
  readonly store: Store;
  readonly upstream: Upstream;
  readonly breaker: CircuitBreaker;
  readonly upstreamToken: string | undefined;
  readonly offline: boolean;
  readonly clock: Clock;
  readonly log: Log;
  readonly batchSize: number;
  readonly concurrency: number;
  readonly upstreamTimeoutMs: number;
  readonly giveUpAfterMs: number;
  /** Look for tasks that were made elsewhere. */
  readonly discover: boolean;
  /** Whose history; empty: of the documents that are stored. */
  readonly userIds: readonly string[];
  readonly applicationIds: readonly string[];
  readonly random: () => number;
}
