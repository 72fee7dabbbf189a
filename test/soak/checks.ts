/** What must hold of the requests that the upstream saw. Pure, so that it can be shown to fail. */

export interface SeenRequest {
  /** Epoch milliseconds, by the clock of the test. */
  readonly atMs: number;
}

export interface Cooldown {
  /** When a 429 was answered, and the end of the cooldown that it set. */
  readonly fromMs: number;
  readonly untilMs: number;
}

const MINUTE_MS = 60_000;

/** The requests of each minute. */
export function requestsByMinute(requests: readonly SeenRequest[]): Map<number, number> {
  const minutes = new Map<number, number>();
  for (const { atMs } of requests) {
    const minute = Math.floor(atMs / MINUTE_MS);
    minutes.set(minute, (minutes.get(minute) ?? 0) + 1);
  }
  return minutes;
}

/** Minutes with more requests than were allowed in them. */
export function minutesBeyond(
  requests: readonly SeenRequest[],
  allowed: ReadonlyMap<number, number>,
): { minute: number; requests: number; allowed: number }[] {
  return [...requestsByMinute(requests)]
    .map(([minute, count]) => ({ minute, requests: count, allowed: allowed.get(minute) ?? 0 }))
    .filter((found) => found.requests > found.allowed);
}

/** Requests that were sent during a cooldown. Those of the same moment were already in flight. */
export function earlyRequests(
  requests: readonly SeenRequest[],
  cooldowns: readonly Cooldown[],
): SeenRequest[] {
  return requests.filter(({ atMs }) =>
    cooldowns.some(({ fromMs, untilMs }) => atMs > fromMs && atMs < untilMs),
  );
}

/** How much larger the second half of a series is than the first, by medians. */
export function growth(samples: readonly number[]): number {
  const quarter = Math.max(1, Math.floor(samples.length / 4));
  return median(samples.slice(-quarter)) / median(samples.slice(0, quarter));
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
