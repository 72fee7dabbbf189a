/** What read-through is built of, and who is asking. */
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
  /** A token of the caller's that may be sent to the upstream; never one of the mirror's own tokens. */
  readonly token: string | undefined;
  /** Whose tasks the caller may see; undefined: all. */
  readonly limits?: TaskLimits | undefined;
  readonly control: CacheControl;
}

/** The token to ask the upstream with: the mirror's own, else the caller's. Undefined: there is none. */
export function upstreamAuthFor(
  deps: Pick<MirrorDeps, 'upstreamToken'>,
  caller: Pick<Caller, 'token'>,
): UpstreamAuth | undefined {
  const token = deps.upstreamToken ?? caller.token;
  return token === undefined ? undefined : { token, priority: 'interactive' };
}
