/** Dependencies of read-through, and the caller of a request. */
import type { ImageFiles } from '../archive/files.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { Store } from '../store/contract/store.ts';
import type { TaskLimits } from '../task/limits.ts';
import type { Upstream } from '../upstream/client.ts';
import type { UpstreamAuth } from '../upstream/upstream-auth.ts';
import type { CacheControl } from './cache-control.ts';

export interface MirrorDeps {
  readonly store: Store;
  readonly files: ImageFiles;
  readonly upstream: Upstream;
  /** The mirror's own token for the upstream. */
  readonly upstreamToken: string | undefined;
  readonly offline: boolean;
  readonly clock: Clock;
  readonly log: Log;
  readonly pendingTtlMs: number;
  readonly batchSize: number;
  readonly random: () => number;
}

export interface Caller {
  /** The caller's token for the upstream; never one of the mirror's own access tokens. */
  readonly token: string | undefined;
  /** Whose tasks the caller may see; undefined means all. */
  readonly limits?: TaskLimits | undefined;
  readonly control: CacheControl;
}

/** The token for upstream requests: the mirror's own, else the caller's. Undefined if neither is available. */
export function upstreamAuthFor(
  deps: Pick<MirrorDeps, 'upstreamToken'>,
  caller: Pick<Caller, 'token'>,
): UpstreamAuth | undefined {
  const token = deps.upstreamToken ?? caller.token;
  return token === undefined ? undefined : { token, priority: 'interactive' };
}
