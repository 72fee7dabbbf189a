/** `flux-mirror sync`: one sync run, the same as a scheduled one. */
import { Command } from 'commander';
import { runWithStore } from '../app/with-store.ts';
import type { ArchiveCounts, Archiver } from '../archive/archiver.ts';
import type { ImageFiles } from '../archive/files.ts';
import { recordMissingFiles } from '../archive/find-missing.ts';
import { removeUnusedImages } from '../archive/remove-unused.ts';
import { type Clock, systemClock } from '../lib/clock.ts';
import { OperatorError } from '../lib/operator-error.ts';
import type { Store } from '../store/contract/store.ts';
import { serializeCounts } from '../views/run-json.ts';
import { EXIT } from './failure.ts';
import { describeMissingToken } from './missing-token.ts';
import { formatCount, pluralize, print, printJson, printNote } from './output.ts';
import { startProgress } from './progress.ts';
import { addSettings, readConfig } from './settings.ts';

export function createSyncCommand(): Command {
  const command = new Command('sync')
    .summary('one run now, then exit')
    .description('Refreshes everything that is due, once; the same code as the schedule.')
    .option('--json', 'print the result as JSON');
  return addSettings(command, 'upstream').action(async (options: { json?: boolean }) => {
    const config = readConfig(command);
    const missing = describeMissingToken(config, 'no id is refreshed, only images are fetched');
    if (missing !== undefined) printNote(missing);
    const { createLog } = await import('../lib/log.ts');
    const log = createLog({ level: config.logLevel, format: config.logFormat });
    const { assemble, SHUTDOWN_GRACE_MS } = await import('../app/start-mirror.ts');
    await runWithStore(config, 'writer', async (store, clock) => {
      const { runner, archiver, files, end } = assemble(config, { clock, log }, store);
      const stop = () => {
        void runner.stop();
        void archiver.stop();
        setTimeout(end, SHUTDOWN_GRACE_MS).unref();
      };
      process.once('SIGINT', stop).once('SIGTERM', stop);
      const progress = await startProgress('ids', systemClock);
      const { outcome, counts, error } = await runner
        .run({ trigger: 'command', onProgress: progress.update })
        .finally(progress.end);
      const isArchiving = config.archiveImages && !config.offline;
      const problem = isArchiving ? await prepareArchiving({ store, files, clock }) : undefined;
      if (problem !== undefined) printNote(`${problem}; no image is fetched`);
      const archived =
        isArchiving && problem === undefined
          ? await archiveImages(store, archiver)
          : { archived: 0, failed: 0 };
      const images = { ...archived, left: isArchiving ? (await store.imageStats()).wanted : 0 };
      end();
      if (options.json) {
        printJson({ outcome, ...serializeCounts(counts), images, error: error ?? null });
      } else {
        print(
          `${pluralize(counts.claimed, 'id')} refreshed in ${pluralize(counts.requests, 'request')}: ` +
            `${formatCount(counts.finished)} finished, ${formatCount(counts.pending)} pending, ${formatCount(counts.unknown)} unknown to the upstream, ${formatCount(counts.failed)} failed`,
        );
        if (counts.discovered > 0) print(`${pluralize(counts.discovered, 'new task')} discovered`);
        if (images.archived + images.failed > 0)
          print(`${pluralize(images.archived, 'image')} archived, ${formatCount(images.failed)} failed`);
        if (images.left > 0)
          print(`${pluralize(images.left, 'image')} left for a later run; "status" counts the reasons`);
        if (error !== undefined) printNote(outcome === 'done' ? error : `${outcome}: ${error}`);
      }
      if (error !== undefined || problem !== undefined) process.exitCode = EXIT.failed;
    });
  });
}

/** Compares the images with what is stored, and removes what no task has. @returns why images can't be stored, if they can't */
async function prepareArchiving(deps: {
  store: Store;
  files: ImageFiles;
  clock: Clock;
}): Promise<string | undefined> {
  try {
    await recordMissingFiles(deps);
    await removeUnusedImages(deps);
    return undefined;
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    return error.message;
  }
}

async function archiveImages(store: Store, archiver: Archiver): Promise<ArchiveCounts> {
  const { wanted } = await store.imageStats();
  const progress = await startProgress('images', systemClock);
  const update = ({ archived, failed }: ArchiveCounts) => progress.update(archived + failed, wanted);
  try {
    if (wanted > 0) update({ archived: 0, failed: 0 });
    return await archiver.run(update);
  } finally {
    progress.end();
  }
}
