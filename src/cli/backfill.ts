/** `flux-mirror backfill`: stores the upstream's whole history. */
import { Command } from 'commander';
import { runWithStore } from '../app/with-store.ts';
import { systemClock } from '../lib/clock.ts';
import { backfill } from '../sync/backfill.ts';
import { EXIT } from './failure.ts';
import { formatCount, pluralize, print, printJson, printNote } from './output.ts';
import { startProgress } from './progress.ts';
import { requireUpstream } from './require-upstream.ts';
import { addSettings, readConfig } from './settings.ts';

export function createBackfillCommand(): Command {
  const command = new Command('backfill')
    .summary("store the upstream's whole history")
    .description(
      "Pages through the upstream's own history list and stores all of it. If stopped or killed, it resumes where it was; run again later, it reads what is new.",
    )
    .option('--restart', 'start over')
    .option('--json', 'print the result as JSON');
  return addSettings(command, 'upstream').action(async (options: { restart?: boolean; json?: boolean }) => {
    const config = readConfig(command);
    const upstreamToken = requireUpstream(config, 'a backfill');
    const { createLog } = await import('../lib/log.ts');
    const log = createLog({ level: config.logLevel, format: config.logFormat });
    const stopping = new AbortController();
    const { assemble, SHUTDOWN_GRACE_MS } = await import('../app/start-mirror.ts');
    const progress = await startProgress('tasks', systemClock);
    const { outcome, requests, stored, errors } = await runWithStore(config, 'writer', (store, clock) => {
      const { shared, end } = assemble(config, { clock, log }, store);
      const stop = () => {
        stopping.abort();
        setTimeout(end, SHUTDOWN_GRACE_MS).unref();
      };
      process.once('SIGINT', stop).once('SIGTERM', stop);
      return backfill(shared, upstreamToken, {
        upstreamUrl: config.upstreamUrl,
        restart: options.restart ?? false,
        signal: stopping.signal,
        onProgress: progress.update,
        onWait: (untilMs) => printNote(`the upstream asks to wait until ${new Date(untilMs).toISOString()}`),
      });
    });
    progress.end();
    const { inserted, updated, unchanged, kept } = stored;
    if (options.json) {
      printJson({ outcome, new: inserted, newer: updated, same: unchanged, kept, requests, errors });
    } else {
      print(
        `${pluralize(inserted, 'new task')}, ${formatCount(updated)} newer, ${formatCount(unchanged)} the same, ${formatCount(kept)} kept as they were, in ${pluralize(requests, 'request')}`,
      );
    }
    for (const error of errors) printNote(error);
    if (outcome === 'done') return;
    printNote(
      outcome === 'stopped'
        ? 'stopped; run it again to continue'
        : 'run it again to continue where it stopped',
    );
    process.exitCode = EXIT.failed;
  });
}
