/** Metrics read on every scrape: the state of the store, and event loop lag. */
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { Gauge, type Registry } from 'prom-client';
import type { ImageStorage } from '../../archive/image-storage.ts';
import { readLastBackup } from '../../backup/last-backup.ts';
import type { Clock } from '../../lib/clock.ts';
import { createSingleFlight } from '../../lib/single-flight.ts';
import type { Store } from '../../store/contract/store.ts';

interface GaugeDeps {
  readonly store: Store;
  readonly files: Pick<ImageStorage, 'readProblem'>;
  readonly clock: Clock;
  /** Whether images are archived. */
  readonly isArchiving: boolean;
}

/** Registers the gauges. @returns a handle that stops the event loop monitor */
export function startGauges(
  registry: Registry,
  { store, files, clock, isArchiving }: GaugeDeps,
): { stop(): void } {
  const registers = [registry];
  const registerGauge = (name: string, help: string, read: () => number | Promise<number>) =>
    new Gauge({
      name,
      help,
      registers,
      async collect() {
        this.set(await readOrDefault(read, Number.NaN));
      },
    });
  const registerLabeledGauge = (
    name: string,
    help: string,
    label: string,
    read: () => Promise<Record<string, number>>,
  ) =>
    new Gauge({
      name,
      help,
      labelNames: [label],
      registers,
      async collect() {
        this.reset();
        for (const [value, count] of Object.entries(await readOrDefault(read, {})))
          this.set({ [label]: value }, count);
      },
    });
  // The gauges of a scrape are read at the same time, each from one answer of the store.
  const { run: readStats } = createSingleFlight(async () => store.stats(clock.now()));
  const { run: readImageStats } = createSingleFlight(async () => store.imageStats());
  const { run: readBackup } = createSingleFlight(() => readLastBackup(store));

  registerLabeledGauge(
    'flux_mirror_tasks',
    'Stored tasks by state',
    'state',
    async () => (await readStats()).byState,
  );
  registerGauge(
    'flux_mirror_tracked_tasks',
    'Ids checked by the schedule',
    async () => (await readStats()).tracked,
  );
  registerGauge('flux_mirror_due_tasks', 'Tracked ids that are due now', async () => (await readStats()).due);
  registerGauge(
    'flux_mirror_given_up_tasks',
    'Tracked ids that were given up',
    async () => (await readStats()).givenUp,
  );
  registerGauge(
    'flux_mirror_database_bytes',
    'Size of the database, including its write-ahead log',
    async () => (await readStats()).diskBytes,
  );
  registerLabeledGauge('flux_mirror_images', 'Images of succeeded tasks', 'state', async () => {
    const { archived, wanted, givenUp } = await readImageStats();
    return { archived, wanted, given_up: givenUp };
  });
  registerGauge(
    'flux_mirror_image_bytes',
    'Size of all archived images',
    async () => (await readImageStats()).bytes,
  );
  registerGauge('flux_mirror_archiving', '1 if images are archived', () => (isArchiving ? 1 : 0));
  registerLabeledGauge(
    'flux_mirror_upstream_blocked',
    '1 while no requests are sent to the upstream, by reason',
    'reason',
    async () => {
      const circuit = await store.readCircuit(clock.now());
      const reasons = { 'rate-limited': 0, rejected: 0, unreachable: 0 };
      return circuit ? { ...reasons, [circuit.reason]: 1 } : reasons;
    },
  );
  registerGauge('flux_mirror_storage_writable', '0 while the disk is not writable', async () =>
    (await store.readStorageProblem()) === undefined ? 1 : 0,
  );
  registerGauge('flux_mirror_image_storage_working', '0 while images can be neither stored nor served', () =>
    files.readProblem() === undefined ? 1 : 0,
  );
  registerGauge('flux_mirror_database_damaged', '1 once damage was detected', async () =>
    (await store.damage()) === undefined ? 0 : 1,
  );
  registerGauge('flux_mirror_backup_failed', '1 while the last backup has failed', async () =>
    (await readBackup()).error === undefined ? 0 : 1,
  );
  registerGauge(
    'flux_mirror_backup_last_success_timestamp_seconds',
    'Time of the last successful backup; 0 if none yet',
    async () => ((await readBackup()).atMs ?? 0) / 1000,
  );
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  registerLabeledGauge(
    'flux_mirror_event_loop_lag_seconds',
    'Event loop delay since the last scrape',
    'statistic',
    async () => summarizeLag(delay),
  );
  return { stop: () => void delay.disable() };
}

/** If the database fails, its values are omitted: the other metrics matter all the more then. */
async function readOrDefault<T>(read: () => T | Promise<T>, fallback: T): Promise<T> {
  try {
    return await read();
  } catch {
    return fallback; // the error itself is reported by the routes and in the log
  }
}

/** The monitor counts its own resolution as lag, so that is subtracted. */
function summarizeLag(delay: IntervalHistogram): Record<string, number> {
  const convertToSeconds = (nanoseconds: number) => Math.max(0, nanoseconds - 10e6) / 1e9;
  const lag = {
    median: convertToSeconds(delay.percentile(50)),
    p99: convertToSeconds(delay.percentile(99)),
    max: convertToSeconds(delay.max),
  };
  delay.reset();
  return lag;
}
