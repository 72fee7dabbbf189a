/** The cron schedule of sync runs. */
import { type Schedule, type ScheduledRun, startCron } from '../lib/cron.ts';
import type { Log } from '../lib/log.ts';
import type { SyncRunner } from './runner.ts';

/** Runs the syncer at the times of a cron expression; `off` never does. */
export function startSchedule(expression: string, runner: SyncRunner, log: Log): Schedule {
  const run = async ({ nextInMs }: ScheduledRun) => {
    const { outcome, counts, error } = await runner.run({ trigger: 'schedule', nextInMs });
    if (counts.claimed + counts.discovered > 0 || outcome === 'failed')
      log.info({ outcome, ...counts, error }, 'sync run');
  };
  return startCron(expression, run, log);
}
