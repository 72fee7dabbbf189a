/** `flux-mirror backup` and `restore`. */
import { statSync } from 'node:fs';
import { Command } from 'commander';
import { createMaintenance } from '../app/maintenance.ts';
import { openImageFiles } from '../app/open-image-files.ts';
import { runWithStore } from '../app/with-store.ts';
import { recordMissingFiles } from '../archive/find-missing.ts';
import { recordBackup } from '../backup/last-backup.ts';
import {
  backUpWithImages,
  isGzipped,
  isTarFile,
  type RestoredTar,
  restoreWithImages,
  type TarBackup,
} from '../backup/tar-backup.ts';
import type { Config } from '../config/config.ts';
import { formatBucketAddress } from '../config/object-store.ts';
import { systemClock } from '../lib/clock.ts';
import { describeReason } from '../lib/errno.ts';
import { OperatorError } from '../lib/operator-error.ts';
import { StoreError } from '../store/contract/errors.ts';
import type { BackupResult, MergedTokens, Restored } from '../store/contract/maintenance.ts';
import { CommandFailed, EXIT } from './failure.ts';
import { formatMegabytes, LOST_TOKENS, pluralize, print, printJson, printNote } from './output.ts';
import { startProgress } from './progress.ts';
import { refusePostgres } from './refuse-postgres.ts';
import { addSettings, readConfig } from './settings.ts';

const MAX_SHOWN_ENTRIES = 20;

export function createBackupCommand(): Command {
  const command = new Command('backup')
    .summary('a consistent copy of the database, also while serving')
    .description(
      'Copies the database, also while a server is running, and checks the copy. Images are files in the data directory: --with-images puts them and the database into one tar file, which `restore` reads.',
    )
    .argument('[file]', 'where to (default: backups/manual-<time>.db, or .tar, in the data directory)')
    .option('--with-images', 'a tar file with the database and all archived images and videos')
    .option('--json', 'print the result as JSON');
  return addSettings(command).action(async (file: string | undefined, options: BackupOptions) => {
    checkName(file, options.withImages ?? false);
    const config = readConfig(command);
    refusePostgres(config, 'backup');
    const { dataDir, imageStore } = config;
    if (options.withImages && imageStore) throw createBucketRefusal(formatBucketAddress(imageStore));
    await runWithStore(config, 'reader', async () => undefined); // throws a clear error if there is no mirror
    const maintenance = createMaintenance(dataDir);
    const target = file ?? maintenance.nameBackup('manual', systemClock.now());
    const backUp = async (): Promise<BackupResult & Partial<TarBackup>> =>
      options.withImages
        ? backUpAll(config, file ?? target.replace(/\.db$/, '.tar'))
        : maintenance.backUp(target);
    const result = await backUp().catch(async (error: unknown) => {
      await recordManualBackup(config, describeReason(error));
      throw error;
    });
    await recordManualBackup(config, undefined);
    if (options.json) {
      printJson(result);
      return;
    }
    const images = result.images === undefined ? '' : ` and ${pluralize(result.images, 'image')}`;
    print(
      `${pluralize(result.tasks, 'task')}${images} backed up to ${result.file} (${formatMegabytes(result.bytes)})`,
    );
  });
}

function createBucketRefusal(address: string): CommandFailed {
  return new CommandFailed(
    `the images are in ${address}, which --with-images does not read: have the bucket itself backed up, and leave --with-images out`,
    EXIT.usage,
  );
}

/** A file that has less in it than its name says would be noticed too late. @throws CommandFailed */
function checkName(file: string | undefined, isTar: boolean): void {
  if (file === undefined) return;
  if (!isTar && /\.tar$/i.test(file))
    throw new CommandFailed(
      `${file}: a tar file with the images needs --with-images; a copy of the database alone is no tar file`,
      EXIT.usage,
    );
  if (isTar && /\.(?:db|sqlite3?)$/i.test(file))
    throw new CommandFailed(`${file}: --with-images makes a tar file; name it .tar`, EXIT.usage);
}

interface BackupOptions {
  readonly withImages?: boolean;
  readonly json?: boolean;
}

/** So that `status` and the metrics count it: a timer of the system makes backups by this command. @param failure why there is none */
async function recordManualBackup(config: Config, failure: string | undefined): Promise<void> {
  try {
    await runWithStore(config, 'writer', (store) =>
      recordBackup(store, { atMs: systemClock.now(), error: failure }),
    );
  } catch (error) {
    // The disk of the data directory may be full or read-only: a reason for the backup, not against it.
    if (!(error instanceof StoreError || error instanceof OperatorError)) throw error;
    if (failure === undefined)
      printNote(`the backup is complete, but \`status\` will not show it: ${error.message}`);
  }
}

async function backUpAll(config: Config, target: string): Promise<TarBackup> {
  const { dataDir } = config;
  const { archived } = await runWithStore(config, 'reader', async (store) => await store.imageStats());
  const progress = await startProgress('images', systemClock);
  try {
    return await backUpWithImages(
      {
        dataDir,
        maintenance: createMaintenance(dataDir),
        onImage: (done) => progress.update(done, archived),
      },
      target,
    );
  } finally {
    progress.end();
  }
}

export function createRestoreCommand(): Command {
  const command = new Command('restore')
    .summary('replace the database with a backup')
    .description(
      'Checks a backup and replaces the database with it; the previous database is kept in backups/replaced-<time>.db. From a tar file of `backup --with-images`, the images are restored as well. The server must not run.',
    )
    .argument('<file>', 'a backup')
    .option('--json', 'print the result as JSON');
  return addSettings(command).action(async (file: string, options: { json?: boolean }) => {
    const config = readConfig(command);
    refusePostgres(config, 'restore');
    const { dataDir } = config;
    const restored = await restoreFile(config, file);
    const { tasks, images, tokens, replaced, replacedEarlier, leftOut = [] } = restored;
    if (replacedEarlier !== undefined)
      printNote(`an interrupted restore was finished first; the database before that is ${replacedEarlier}`);
    const lost = describeLostTokens(tokens);
    if (lost !== undefined) printNote(lost);
    for (const name of leftOut.slice(0, MAX_SHOWN_ENTRIES))
      printNote(`${name} was left out: it is no image, or its bytes don't match its name`);
    const missing = await countMissingImages(config);
    if (missing > 0)
      printNote(
        `${pluralize(missing, 'archived image')} without a file in ${dataDir}: copy images/ there; otherwise the server fetches them again while their links work`,
      );
    if (options.json) {
      printJson({
        ...{ tasks, ...(images === undefined ? {} : { images }), missing_images: missing },
        ...{ tokens, replaced: replaced ?? null },
      });
      return;
    }
    const andImages = images === undefined ? '' : ` and ${pluralize(images, 'image')}`;
    print(`${pluralize(tasks, 'task')}${andImages} restored from ${file}`);
    if (replaced !== undefined) printNote(`the previous database is ${replaced}`);
  });
}

/** A restored database may know images that were archived on another machine. @returns how many have no file here */
async function countMissingImages(config: Config): Promise<number> {
  const files = await openImageFiles(config);
  try {
    return await runWithStore(config, 'writer', async (store) => {
      await recordMissingFiles({ store, files, clock: systemClock });
      return store.countMissingImages();
    });
  } catch (error) {
    // The server looks again when it starts.
    if (!(error instanceof StoreError || error instanceof OperatorError)) throw error;
    return 0;
  }
}

async function restoreFile(config: Config, file: string): Promise<Restored & Partial<RestoredTar>> {
  const { dataDir } = config;
  const maintenance = createMaintenance(dataDir);
  const nowMs = systemClock.now();
  const isFile = statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
  if (isFile && (await isGzipped(file))) throw new CommandFailed(`${file} is gzipped: gunzip it first`);
  if (!isFile || !(await isTarFile(file))) return maintenance.restore(file, nowMs);
  const progress = await startProgress('images', systemClock);
  try {
    const files = await openImageFiles(config);
    const onImage = (done: number) => progress.update(done, 0);
    return await restoreWithImages({ dataDir, files, maintenance, onImage }, file, nowMs);
  } finally {
    progress.end();
  }
}

/** What to do about tokens of the replaced database that were not carried over. */
function describeLostTokens(tokens: MergedTokens): string | undefined {
  if (tokens === 'lost') return LOST_TOKENS;
  if (tokens === 'unknown')
    return 'could not tell whether the previous database had tokens: only those of the backup are valid, see `flux-mirror token list`';
  return undefined;
}
