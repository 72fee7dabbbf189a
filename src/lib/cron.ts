/** Cron schedules. */
import cron from 'node-cron';
import { findLocalTime, getLocalOffsetMs, hasSkippedTime } from './clock-changes.ts';
import type { Log } from './log.ts';
import { createSingleFlight } from './single-flight.ts';

/** What a job is told when it starts. */
export interface ScheduledRun {
  /** Milliseconds until the next one is due. */
  readonly nextInMs: number;
}

export interface Schedule {
  /** Starts nothing more; resolves when the job in progress has ended. */
  stop(): Promise<void>;
}

/** Sleeps are short, because the wall clock may be changed meanwhile. */
const MAX_SLEEP_MS = 10_000;

/** Whether the expression (five fields, or six with seconds) is valid and names a time that will come. */
export function isCronExpression(expression: string): boolean {
  try {
    // It validates less than it can compute: `0 0 31 * 1#1` never comes.
    return cron.validate(expression) && createTask(expression).getNextRuns(1).length === 1;
  } catch {
    return false;
  }
}

/** For computing times only; it never runs. */
function createTask(expression: string, timezone?: string) {
  return cron.createTask(expression, () => undefined, timezone === undefined ? {} : { timezone });
}

/** Whether a schedule names a local time, given as if it were UTC. */
export function createLocalTimeMatcher(expression: string): (localMs: number) => boolean {
  const task = createTask(expression, 'UTC');
  return (localMs) => task.match(new Date(localMs));
}

/** Whether its hours are not limited to some: `*`, or a step of it, before the day, the month and the weekday. */
export function runsEveryHour(expression: string): boolean {
  return expression.trim().split(/\s+/).at(-4)?.startsWith('*') ?? false;
}

/**
 * Runs a job at the times of a cron expression, never concurrently; `off` never runs it. node-cron only computes the times.
 * Its own timer is not used: it waits an hour too long when the clock is set back by one, and after a suspend it steps
 * through every missed time, which blocks for seconds. When the clocks go forward over a time of the expression, the job runs right
 * after it. When an hour comes twice, node-cron names the second one only: right for a nightly job, but one that runs every hour
 * would not run for an hour.
 */
export function startCron(expression: string, job: (run: ScheduledRun) => Promise<void>, log: Log): Schedule {
  if (expression === 'off') return { stop: async () => undefined };
  const times = createTask(expression);
  const matchesLocalTime = createLocalTimeMatcher(expression);
  let checkedMs = Date.now();
  let timer: NodeJS.Timeout;

  const findNextMs = (nowMs: number): number => {
    const nextMs = times.getNextRuns(1)[0]?.getTime() ?? Number.POSITIVE_INFINITY;
    if (!runsEveryHour(expression)) return nextMs;
    const span = { fromMs: nowMs, toMs: Math.min(nextMs, nowMs + MAX_SLEEP_MS) };
    return findLocalTime(span, getLocalOffsetMs, matchesLocalTime) ?? nextMs;
  };
  const runs = createSingleFlight(() =>
    job({ nextInMs: findNextMs(Date.now()) - Date.now() }).catch((error: unknown) =>
      log.error({ err: error }, 'a scheduled job failed'),
    ),
  );
  const sleep = () => {
    const nextMs = findNextMs(Date.now());
    timer = setTimeout(
      () => {
        const nowMs = Date.now();
        const span = { fromMs: checkedMs, toMs: nowMs };
        checkedMs = nowMs;
        if (nowMs >= nextMs || hasSkippedTime(span, getLocalOffsetMs, matchesLocalTime)) void runs.run();
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
