/** Progress of long operations: a bar on a terminal, a plain line every few seconds elsewhere. */
import type { Clock } from '../lib/clock.ts';
import { formatCount, printNote } from './output.ts';

export interface Progress {
  /** @param total 0 if unknown */
  update(done: number, total: number): void;
  end(): void;
}

const PLAIN_INTERVAL_MS = 5000;

/** @param label what is counted, for example `ids` */
export async function startProgress(label: string, clock: Clock): Promise<Progress> {
  return process.stderr.isTTY ? createBar(label, clock) : createPlainProgress(label, clock);
}

async function createBar(label: string, clock: Clock): Promise<Progress> {
  // A CommonJS package: once bundled, it has no other export than the default.
  const { SingleBar } = (await import('cli-progress')).default;
  const single = new SingleBar({
    format: `{bar} {value}/{total} ${label}, {rate}/s, {duration_formatted} so far, {eta_formatted} to go`,
    hideCursor: true,
    stream: process.stderr,
  });
  const rate = createRateMeter(clock);
  let isStarted = false;
  return {
    update: (done, total) => {
      if (!isStarted) single.start(total, 0, { rate: 0 });
      isStarted = true;
      single.setTotal(Math.max(total, done));
      single.update(done, { rate: rate(done) });
    },
    end: () => {
      if (isStarted) single.stop();
    },
  };
}

function createPlainProgress(label: string, clock: Clock): Progress {
  const rate = createRateMeter(clock);
  let last = clock.monotonic();
  return {
    update: (done, total) => {
      if (clock.monotonic() - last < PLAIN_INTERVAL_MS) return;
      last = clock.monotonic();
      printNote(
        `${formatCount(done)}${total > 0 ? ` of ${formatCount(total)}` : ''} ${label}, ${formatCount(rate(done))}/s`,
      );
    },
    end: () => undefined,
  };
}

/** Average rate since now, per second, rounded. */
function createRateMeter(clock: Clock): (done: number) => number {
  const started = clock.monotonic();
  return (done) => Math.round((1000 * done) / Math.max(1, clock.monotonic() - started));
}
