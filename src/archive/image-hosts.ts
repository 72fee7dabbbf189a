/**
 * How the hosts of images are treated: at most two requests at a time to each, so that a slow one does not hold all workers, and a
 * circuit breaker for each, so that one that is down costs a few requests and not one per image.
 */
import { type Backoff, computeBackoffDelay } from '../lib/backoff.ts';
import type { Clock } from '../lib/clock.ts';
import type { HostFailure } from './failure.ts';

export interface ImageHosts {
  /** Whether a request may be sent now. */
  canStart(host: string): boolean;
  /** When a host is asked again that failed repeatedly; undefined while its circuit is closed. */
  getOpenUntilMs(host: string): number | undefined;
  /** Whether its images should be left for later, because it is open for long. */
  isGivenUp(host: string): boolean;
  begin(host: string): void;
  /** @param failure undefined after any response that says nothing about the host */
  end(host: string, failure: HostFailure | undefined): void;
}

interface HostState {
  active: number;
  /** Consecutive failures. */
  failures: number;
  /** How many times in a row its circuit opened. */
  times: number;
  openUntilMs: number;
}

const MAX_PER_HOST = 2;
const FAILURES_TO_OPEN = 3;
const BACKOFF: Backoff = { firstMs: 5000, maxMs: 15 * 60_000 };
/** Beyond `Retry-After`, which a stranger chose. */
const MAX_OPEN_MS = 3_600_000;
/** A run waits for the first two cooldowns, in case the failure was brief. */
const MAX_AWAITED_MS = 15_000;
const MAX_HOSTS = 10_000;

export function createImageHosts({ clock, random }: { clock: Clock; random: () => number }): ImageHosts {
  const hosts = new Map<string, HostState>();

  const getState = (host: string): HostState => {
    const state = hosts.get(host) ?? { active: 0, failures: 0, times: 0, openUntilMs: 0 };
    hosts.set(host, state);
    return state;
  };
  const isOpen = ({ openUntilMs }: HostState) => {
    const remainingMs = openUntilMs - clock.now();
    return remainingMs > 0 && remainingMs <= MAX_OPEN_MS; // further ahead only by a clock that was set back
  };
  const open = (state: HostState, { retryAfterMs }: HostFailure) => {
    const waitMs = retryAfterMs ?? computeBackoffDelay(BACKOFF, state.times, random);
    state.times += 1;
    state.openUntilMs = clock.now() + Math.min(waitMs, MAX_OPEN_MS);
  };
  const forgetIdle = () => {
    for (const [host, { active }] of hosts) {
      if (hosts.size <= MAX_HOSTS) return;
      if (active === 0) hosts.delete(host);
    }
  };

  return {
    canStart: (host) => {
      const state = hosts.get(host);
      if (!state) return true;
      // After its cooldown, one request shows whether a host is back.
      return !isOpen(state) && state.active < (state.failures >= FAILURES_TO_OPEN ? 1 : MAX_PER_HOST);
    },
    getOpenUntilMs: (host) => {
      const state = hosts.get(host);
      return state && isOpen(state) ? state.openUntilMs : undefined;
    },
    isGivenUp: (host) => {
      const state = hosts.get(host);
      return state !== undefined && isOpen(state) && state.openUntilMs - clock.now() > MAX_AWAITED_MS;
    },
    begin: (host) => {
      getState(host).active += 1;
      forgetIdle();
    },
    end: (host, failure) => {
      const state = getState(host);
      state.active -= 1;
      if (!failure) {
        Object.assign(state, { failures: 0, times: 0, openUntilMs: 0 });
        if (state.active === 0) hosts.delete(host);
        return;
      }
      state.failures += 1;
      if (state.failures >= FAILURES_TO_OPEN && !isOpen(state)) open(state, failure);
    },
  };
}
