/** `flux-mirror sync`: the same run as the schedule's, once. */
import { Command } from 'commander';
import { systemClock } from '../clock.ts';
import { createLog } from '../log.ts';
import { countsJson } from '../server/run-json.ts';
import { EXIT } from './failure.ts';
import { counted, print, printJson, remark } from './output.ts';
import { startProgress } from './progress.ts';
import { configFor, UPSTREAM_SETTINGS, withSettings } from './settings.ts';
import { assemble } from './start-mirror.ts';
import { withStore } from './with-store.ts';

export function syncCommand(): Command {
  const command = new Command('sync')
    .summary('one run now, then exit')
    .description('Refreshes everything that is due, once; the same code as the schedule.')
    .option('--json', 'print the result as JSON');
  return withSettings(command, UPSTREAM_SETTINGS).action(async (options: { json?: boolean }) => {
    const config = configFor(command);
    const log = createLog({ level: config.logLevel, format: config.logFormat });
    await withStore(config, 'writer', async (store) => {
      const { runner } = assemble(config, { clock: systemClock, log }, store);
      const stop = () => void runner.stop();
      process.once('SIGINT', stop).once('SIGTERM', stop);
      const progress = startProgress('ids', systemClock);
      const { outcome, counts, error } = await runner.run({
        trigger: 'command',
        onProgress: progress.update,
      });
      progress.end();
      if (options.json) {
        printJson({ outcome, ...countsJson(counts), error: error ?? null });
      } else {
        print(
          `${counted(counts.claimed, 'id')} refreshed in ${counted(counts.requests, 'request')}: ` +
            `${counts.finished} finished, ${counts.pending} pending, ${counts.unknown} unknown to the upstream, ${counts.failed} failed`,
        );
        if (error !== undefined) remark(outcome === 'done' ? error : `${outcome}: ${error}`);
      }
      if (error !== undefined) process.exitCode = EXIT.failed;
    });
  });
}
