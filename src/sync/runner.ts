/** Ensures that sync runs never overlap: concurrent calls share the run in progress. */
import { createSingleFlight } from '../lib/single-flight.ts';
import type { SyncDeps } from './deps.ts';
import { type RunOptions, type RunResult, runSync } from './run.ts';

export interface SyncRunner {
  run(options: Omit<RunOptions, 'signal'>): Promise<RunResult>;
  readonly isRunning: boolean;
  /** Waits for the batches in flight, and starts no new ones. */
  stop(): Promise<void>;
}

/** Called after every run, for metrics. */
export type OnRun = (result: RunResult, durationMs: number, endedAtMs: number) => void;

export function createSyncRunner(deps: SyncDeps, onRun?: OnRun): SyncRunner {
  const { clock } = deps;
  const stopping = new AbortController();
  const flight = createSingleFlight(async (options: Omit<RunOptions, 'signal'>): Promise<RunResult> => {
    const started = clock.monotonic();
    const result = await runSync(deps, { ...options, signal: stopping.signal });
    onRun?.(result, clock.monotonic() - started, clock.now());
    return result;
  });

  return {
    run: flight.run,
    get isRunning() {
      return flight.current !== undefined;
    },
    stop: async () => {
      stopping.abort();
      await flight.current;
    },
  };
}
