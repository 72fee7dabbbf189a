/** Imports spooled generations: at the start, and as soon as the database works again. */
import { createSingleFlight } from '../lib/single-flight.ts';
import { importEntry, type PlaceholderDeps } from './placeholder.ts';

const INTERVAL_MS = 1000;

export interface SpoolDrain {
  /** Imports what is there; concurrent calls share the run in progress. Never throws. */
  run(): Promise<void>;
  stop(): Promise<void>;
}

/** Looks every second while there is something to import. */
export function startDrainingSpool(deps: PlaceholderDeps): SpoolDrain {
  const { spool, log } = deps;
  /** Logged once, not every second until it is mended. */
  let lastFailure: string | undefined;

  const flight = createSingleFlight(async (): Promise<void> => {
    try {
      const { taken, setAside } = await spool.drain((entry) => importEntry(deps, entry));
      lastFailure = undefined;
      if (taken > 0) log.info({ tasks: taken }, 'imported generations from the spool');
      if (setAside !== undefined)
        log.warn({ file: setAside }, 'the spool has unreadable lines; they were kept');
    } catch (error) {
      // The file is kept for the next time.
      const failure = String(error);
      if (failure !== lastFailure) log.error({ err: error }, 'could not import generations from the spool');
      lastFailure = failure;
    }
  });
  const timer = setInterval(() => {
    if (!spool.isEmpty) void flight.run();
  }, INTERVAL_MS).unref();
  return {
    run: flight.run,
    stop: async () => {
      clearInterval(timer);
      await flight.current;
    },
  };
}
