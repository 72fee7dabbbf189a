/** Ensures that sync runs never overlap: concurrent calls share the run in progress. */
import { createEventBus } from '../lib/event-bus.ts';
import { createSingleFlight } from '../lib/single-flight.ts';
import type { RunTrigger } from '../store/contract/runs.ts';
import type { SyncDeps } from './deps.ts';
import { type RunOptions, type RunResult, runSync } from './run.ts';

/** What a run does, for those who watch. */
export type RunEvent =
  | { readonly kind: 'progress'; readonly trigger: RunTrigger; readonly done: number; readonly due: number }
  | { readonly kind: 'end'; readonly trigger: RunTrigger; readonly result: RunResult };

export interface SyncRunner {
  run(options: Omit<RunOptions, 'signal'>): Promise<RunResult>;
  readonly isRunning: boolean;
  /** Calls back for each run but those of the schedule that have nothing to do. @returns a function that ends it */
  onRunEvent(listener: (event: RunEvent) => void): () => void;
  /** Waits for the batches in flight, and starts no new ones. */
  stop(): Promise<void>;
}

/** Called after every run, for metrics. */
export type OnRun = (result: RunResult, durationMs: number, endedAtMs: number) => void;

export function createSyncRunner(deps: SyncDeps, onRun?: OnRun): SyncRunner {
  const { clock } = deps;
  const stopping = new AbortController();
  const events = createEventBus<RunEvent>();
  const flight = createSingleFlight(async (options: Omit<RunOptions, 'signal'>): Promise<RunResult> => {
    const started = clock.monotonic();
    const { trigger } = options;
    let isWorthTelling = trigger !== 'schedule';
    const onProgress = (done: number, due: number) => {
      isWorthTelling = true;
      events.emit({ kind: 'progress', trigger, done, due });
      options.onProgress?.(done, due);
    };
    const result = await runSync(deps, { ...options, onProgress, signal: stopping.signal });
    if (isWorthTelling) events.emit({ kind: 'end', trigger, result });
    onRun?.(result, clock.monotonic() - started, clock.now());
    return result;
  });

  return {
    run: flight.run,
    get isRunning() {
      return flight.current !== undefined;
    },
    onRunEvent: events.subscribe,
    stop: async () => {
      stopping.abort();
      await flight.current;
    },
  };
}
