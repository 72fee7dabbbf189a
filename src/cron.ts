/** Cron schedules. */
import cron from 'node-cron';
import type { Log } from './log.ts';

export interface Schedule {
  stop(): Promise<void>;
}

/** True for an expression that node-cron takes (five fields, or six with seconds). */
export function isCronExpression(expression: string): boolean {
  return cron.validate(expression);
}

/** Does a job at the times of a cron expression, never twice at once; `off` never does. */
export function startCron(expression: string, job: () => Promise<void>, log: Log): Schedule {
  if (expression === 'off') return { stop: async () => undefined };
  const task = cron.schedule(expression, job, {
    noOverlap: true,
    suppressMissedWarning: true,
    logger: quiet(log),
  });
  return { stop: async () => task.destroy() };
}

/** node-cron's own messages, in our log; an overlap is no news when runs are long. */
function quiet(log: Log) {
  return {
    info: (message: string) => log.debug(message),
    warn: (message: string) => log.debug(message),
    debug: (message: string | Error) => log.debug(String(message)),
    error: (message: string | Error) => log.error(String(message)),
  };
}
