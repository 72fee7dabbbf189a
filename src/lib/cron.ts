/** Cron schedules. */
import cron from 'node-cron';
import type { Log } from './log.ts';
import { createSingleFlight } from './single-flight.ts';

export interface Schedule {
  /** Starts nothing more; resolves when the job in progress has ended. */
  stop(): Promise<void>;
}

/** Sleeps are short, because the wall clock may be changed meanwhile. */
const MAX_SLEEP_MS = 10_000;

/** Whether node-cron accepts the expression (five fields, or six with seconds). */
export function isCronExpression(expression: string): boolean {
  return cron.validate(expression);
}

/**
 * Runs a job at the times of a cron expression, never concurrently; `off` never runs it. node-cron only computes the times.
 * Its own timer is not used: it waits an hour too long when the clock is set back by one, and after a suspend it steps
 * through every missed time, which blocks for seconds.
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
