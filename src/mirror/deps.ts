/** Dependencies of read-through, and the caller of a request. */
import type { ImageFiles } from '../archive/files.ts';
import { ApiError } from '../lib/api-error.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { Store } from '../store/contract/store.ts';
import type { HistoryPage, TaskFilter } from '../store/contract/tasks.ts';
import type { TaskLimits } from '../task/limits.ts';
import type { Upstream } from '../upstream/client.ts';
import type { Payment, UpstreamAuth } from '../upstream/upstream-auth.ts';
import type { Waiter } from '../upstream/waiters.ts';
import type { CacheControl } from './cache-control.ts';

/** Reads a page of the history list. The server does so in a thread: counting and skipping tasks takes long. */
export type ReadHistory = (
  filter: TaskFilter,
  page: { readonly limit: number; readonly offset: number },
) => Promise<HistoryPage>;

export interface MirrorDeps {
  readonly store: Store;
  readonly readHistory: ReadHistory;
  readonly files: ImageFiles;
  readonly upstream: Upstream;
  /** The mirror's own token for the upstream. */
  readonly upstreamToken: string | undefined;
  /** The upstream may not be whom the callers mean, and gets neither their tokens nor their payments. */
  readonly isUpstreamForeign?: boolean;
  readonly offline: boolean;
  readonly clock: Clock;
  readonly log: Log;
  readonly pendingTtlMs: number;
  readonly batchSize: number;
  readonly upstreamTimeoutMs: number;
  readonly random: () => number;
  /** How long a caller with a stale copy waits for the upstream; default 3 s. */
  readonly staleWaitMs?: number | undefined;
}

export interface Caller {
  /** The caller's token for the upstream; never one of the mirror's own access tokens. */
  readonly token: string | undefined;
  /** Whether the caller presented one of the mirror's own access tokens. */
  readonly hasAccessToken?: boolean;
  /** Whose tasks the caller may see; undefined means all. */
  readonly limits?: TaskLimits | undefined;
  readonly control: CacheControl;
  readonly userAgent?: string | undefined;
  /** Set if the request pays for itself (x402). */
  readonly payment?: Payment | undefined;
  /** Whose turn its upstream requests take, and when it hangs up; called when the upstream is needed, which is rare. */
  readonly getWaiter?: () => Waiter;
}

/** The authorization of a caller's upstream request. */
export interface CallerAuth extends UpstreamAuth {
  readonly waiter: Waiter;
}

/** The mirror itself, for instance when it verifies a callback. */
const OWN_CALLER = 'mirror';

/**
 * How to authorise upstream requests: with the mirror's own token, else the caller's, but a request that pays for itself never
 * with the mirror's. Requests without any token are sent as well: a wallet learns the price from the response.
 * @throws ApiError 403 for a payment to a foreign upstream
 */
export function upstreamAuthFor(
  deps: Pick<MirrorDeps, 'upstreamToken' | 'isUpstreamForeign'>,
  { token, userAgent, payment, getWaiter }: Pick<Caller, 'token' | 'userAgent' | 'payment' | 'getWaiter'>,
): CallerAuth {
  const sent = chooseUpstreamToken(deps, { token, isPaid: payment !== undefined });
  const waiter = getWaiter?.() ?? { caller: OWN_CALLER };
  return { token: sent, priority: 'interactive', userAgent, payment, waiter };
}

/** The token for an upstream request by the same rule. @param token the caller's @throws ApiError as `upstreamAuthFor` */
export function chooseUpstreamToken(
  { upstreamToken, isUpstreamForeign = false }: Pick<MirrorDeps, 'upstreamToken' | 'isUpstreamForeign'>,
  { token, isPaid }: { token: string | undefined; isPaid: boolean },
): string | undefined {
  if (isUpstreamForeign && isPaid) throw new ApiError(403, 'forbidden', PAYMENT_TO_FOREIGN_UPSTREAM);
  if (isUpstreamForeign) return upstreamToken;
  return isPaid ? token : (upstreamToken ?? token);
}

/** Not sent without the payment instead: that would be charged to the mirror's token. */
const PAYMENT_TO_FOREIGN_UPSTREAM =
  'the upstream of this mirror is set by a .env file of its folder, and no payment is sent there';
