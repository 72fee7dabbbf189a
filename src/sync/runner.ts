/** Runs never overlap: whoever asks for a run while one is going on gets that one. */
import type { SyncParts } from './parts.ts';
import { type RunOptions, type RunResult, runSync } from './run.ts';

export interface SyncRunner {
  run(options: Omit<RunOptions, 'signal'>): Promise<RunResult>;
  readonly isRunning: boolean;
  /** Lets the batches under way end, and starts nothing more. */
  stop(): Promise<void>;
}

export function createSyncRunner(parts: SyncParts): SyncRunner {
  const stopping = new AbortController();
  let current: Promise<RunResult> | undefined;

  return {
    run: (options) => {
      current ??= runSync(parts, { ...options, signal: stopping.signal }).finally(() => {
        current = undefined;
      });
      return current;
    },
    get isRunning() {
      return current !== undefined;
    },
    stop: async () => {
      stopping.abort();
      await current;
    },
  };
}
