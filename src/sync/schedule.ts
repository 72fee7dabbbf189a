/** The cron schedule. */
import cron from 'node-cron';
import type { Log } from '../log.ts';
import type { SyncRunner } from './runner.ts';

export interface Schedule {
  stop(): Promise<void>;
}

/** True for an expression that node-cron takes (five fields, or six with seconds). */
export function isCronExpression(expression: string): boolean {
  return cron.validate(expression);
}

/** Runs the syncer at the times of a cron expression; `off` never does. */
export function startSchedule(expression: string, runner: SyncRunner, log: Log): Schedule {
  if (expression === 'off') return { stop: async () => undefined };
  const task = cron.schedule(
    expression,
    async () => {
      const { outcome, counts, error } = await runner.run({ trigger: 'schedule' });
      if (counts.claimed + counts.discovered > 0 || outcome === 'failed')
        log.info({ outcome, ...counts, error }, 'sync run');
    },
    { noOverlap: true, suppressMissedWarning: true, logger: quiet(log) },
  );
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
