/** A least rate for downloads: a deadline alone would let a host that sends a byte a second hold a connection for minutes. */

export interface MinRate {
  readonly windowMs: number;
  /** Less than this in a whole window is too slow; the first one includes connecting. */
  readonly minBytes: number;
}

export interface RateWatch {
  /** Aborted when the download is too slow. */
  readonly signal: AbortSignal;
  count(bytes: number): void;
  end(): void;
}

/** 1 KiB a second. Real time, like other deadlines of requests. */
export const DEFAULT_MIN_RATE: MinRate = { windowMs: 30_000, minBytes: 30 * 1024 };

/** Watches one download from its request on, until `end` is called. */
export function watchRate({ windowMs, minBytes }: MinRate): RateWatch {
  const controller = new AbortController();
  let received = 0;
  const timer = setInterval(() => {
    if (received < minBytes) controller.abort();
    received = 0;
  }, windowMs).unref();
  return {
    signal: controller.signal,
    count: (bytes) => {
      received += bytes;
    },
    end: () => clearInterval(timer),
  };
}
