/** What is looked up when Prometheus asks: the state of the store, and how late timers come. */
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { Gauge, type Registry } from 'prom-client';
import { readLastBackup } from '../../backup/last-backup.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Store } from '../../store/contract/store.ts';

interface Parts {
  readonly store: Store;
  readonly clock: Clock;
}

/** Registers the gauges. @returns their end */
export function startGauges(registry: Registry, { store, clock }: Parts): { stop(): void } {
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
  const readStats = async () => store.stats(clock.now());
  const readImageStats = async () => store.imageStats();

  registerLabeledGauge(
    'flux_mirror_tasks',
    'Stored tasks by state',
    'state',
    async () => (await readStats()).byState,
  );
  registerGauge(
    'flux_mirror_tracked_tasks',
    'Ids that the schedule looks after',
    async () => (await readStats()).tracked,
  );
  registerGauge('flux_mirror_due_tasks', 'Of those, due now', async () => (await readStats()).due);
  registerGauge('flux_mirror_given_up_tasks', 'Of those, given up', async () => (await readStats()).givenUp);
  registerGauge(
    'flux_mirror_database_bytes',
    'The database with its log',
    async () => (await readStats()).diskBytes,
  );
  registerLabeledGauge('flux_mirror_images', 'Images of succeeded tasks', 'state', async () => {
    const { archived, wanted, givenUp } = await readImageStats();
    return { archived, wanted, given_up: givenUp };
  });
  registerGauge(
    'flux_mirror_image_bytes',
    'Of all archived images',
    async () => (await readImageStats()).bytes,
  );
  registerLabeledGauge(
    'flux_mirror_upstream_blocked',
    'The upstream is left alone, by reason',
    'reason',
    async () => {
      const circuit = await store.readCircuit(clock.now());
      const reasons = { 'rate-limited': 0, rejected: 0, unreachable: 0 };
      return circuit ? { ...reasons, [circuit.reason]: 1 } : reasons;
    },
  );
  registerGauge('flux_mirror_storage_writable', '0 while the disk takes nothing', async () =>
    (await store.readStorageProblem()) === undefined ? 1 : 0,
  );
  registerGauge('flux_mirror_database_damaged', '1 once damage came to light', async () =>
    (await store.damage()) === undefined ? 0 : 1,
  );
  registerGauge(
    'flux_mirror_backup_failed',
    '1 while the last scheduled backup is one that failed',
    async () => ((await readLastBackup(store)).error === undefined ? 0 : 1),
  );
  registerGauge(
    'flux_mirror_backup_last_success_timestamp_seconds',
    'Of scheduled backups; 0: none yet',
    async () => ((await readLastBackup(store)).atMs ?? 0) / 1000,
  );
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  registerLabeledGauge(
    'flux_mirror_event_loop_lag_seconds',
    'How late timers come, since the last look',
    'statistic',
    async () => summarizeLag(delay),
  );
  return { stop: () => void delay.disable() };
}

/** What the database does not tell is left out: the other figures matter all the more then. */
async function readOrDefault<T>(read: () => T | Promise<T>, nothing: T): Promise<T> {
  try {
    return await read();
  } catch {
    return nothing; // whoever asks for it by another route hears why, and so does the log
  }
}

/** Its resolution counts as lag, so it is taken off. */
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
