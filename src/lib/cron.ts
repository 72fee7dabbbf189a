/** Cron schedules. */
import cron from 'node-cron';
import type { Log } from './log.ts';
import { createSingleFlight } from './single-flight.ts';

export interface Schedule {
  /** Begins nothing more; resolves when a job that is under way has ended. */
  stop(): Promise<void>;
}

/** No sleep is longer, because the wall clock may be set meanwhile. */
const MAX_SLEEP_MS = 10_000;

/** True for an expression that node-cron takes (five fields, or six with seconds). */
export function isCronExpression(expression: string): boolean {
  return cron.validate(expression);
}

/**
 * Does a job at the times of a cron expression, never twice at once; `off` never does. node-cron says when; its own timer is
 * not used, because it waits an hour longer when the clock is set back by one, and steps through every moment that passed
 * while a machine slept, which blocks for seconds.
 */
export function startCron(expression: string, job: () => Promise<void>, log: Log): Schedule {
  if (expression === 'off') return { stop: async () => undefined };
  const times = cron.createTask(expression, () => undefined);
  let timer: NodeJS.Timeout;

  const runs = createSingleFlight(() =>
    job().catch((error: unknown) => log.error({ err: error }, 'a scheduled job failed')),
  );
  const sleep = () => {
    const nextMs = times.getNextRuns(1)[0]?.getTime() ?? Number.POSITIVE_INFINITY;
    timer = setTimeout(
      () => {
        if (Date.now() >= nextMs) void runs.run();
        sleep();
      },
      Math.min(Math.max(nextMs - Date.now(), 1), MAX_SLEEP_MS),
    );
  };
  sleep();

  return {
    stop: async () => {
      clearTimeout(timer);
      await times.destroy();
      await runs.current;
    },
  };
}
