/** What the requests of one mirror share. */
import type { CoalescingFetcher } from './coalescing-fetcher.ts';
import type { StaleWait } from './stale-wait.ts';

export interface ReadThrough {
  readonly fetcher: CoalescingFetcher;
  readonly staleWait: StaleWait;
}
