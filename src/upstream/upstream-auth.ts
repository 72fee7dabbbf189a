/** The token an upstream request is sent with, its priority, and who waits for it. */
import type { Waiter, Waiters } from './waiters.ts';

/**
 * `interactive` when a caller is waiting: clients retry by themselves, so they get an error at once. `background` for the
 * schedule, which can wait.
 */
export type Priority = 'interactive' | 'background';

/** A request that pays for itself (x402), as the caller sent it. */
export interface Payment {
  readonly headers: Readonly<Record<string, string>>;
  /** The caller's own body, byte for byte: what was paid for. */
  readonly body: string;
}

export interface UpstreamAuth {
  /** Undefined sends the request without one: the upstream rejects it, or demands payment. */
  readonly token: string | undefined;
  readonly priority: Priority;
  /** The caller's; undefined means the mirror's own. */
  readonly userAgent?: string | undefined;
  /** Sent once, never retried and never shared. */
  readonly payment?: Payment | undefined;
  /** Whose turn an interactive request takes in the queue; default: one that all such requests share. */
  readonly waiter?: Waiter | undefined;
  /** All who wait for this one request, if others may join it; default: only `waiter`. */
  readonly waiters?: Waiters | undefined;
}
