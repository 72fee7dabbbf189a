/** State shared by all requests of one mirror. */
import type { CoalescingFetcher } from './coalescing-fetcher.ts';
import type { MirrorResponse } from './mirror-response.ts';
import type { SharedRequests } from './shared-requests.ts';
import type { StaleWait } from './stale-wait.ts';

export interface ReadThrough {
  readonly fetcher: CoalescingFetcher;
  readonly staleWait: StaleWait;
  /** History lists in flight, by token and body. */
  readonly lists: SharedRequests<MirrorResponse>;
}
