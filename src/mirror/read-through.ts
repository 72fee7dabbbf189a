/** State shared by all requests of one mirror. */

import type { Flights } from '../lib/single-flight.ts';
import type { CoalescingFetcher } from './coalescing-fetcher.ts';
import type { MirrorResponse } from './mirror-response.ts';
import type { StaleWait } from './stale-wait.ts';

export interface ReadThrough {
  readonly fetcher: CoalescingFetcher;
  readonly staleWait: StaleWait;
  /** History lists in flight, by token and body. */
  readonly lists: Flights<string, MirrorResponse>;
}
