/** Dependencies of a sync run. */
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
  /** Whether to look for tasks that were created elsewhere. */
  readonly discover: boolean;
  /** Whose history to read; if empty, that of the owners of stored documents. */
  readonly userIds: readonly string[];
  readonly applicationIds: readonly string[];
  readonly random: () => number;
}
