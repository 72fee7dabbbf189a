/** `flux-mirror doctor`: checks everything; `--rebuild` recovers what can be read of a damaged database. */
import { setImmediate } from 'node:timers/promises';
import { Command } from 'commander';
import { describePlace } from '../app/describe-place.ts';
import { createMaintenance } from '../app/maintenance.ts';
import { openImageFiles } from '../app/open-image-files.ts';
import { runWithStore } from '../app/with-store.ts';
import type { Config } from '../config/config.ts';
import { formatBucketAddress } from '../config/object-store.ts';
import type { Finding } from '../doctor/check.ts';
import { checkDatabase } from '../doctor/database.ts';
import { checkBucket, checkImages } from '../doctor/images.ts';
import { checkUpstream } from '../doctor/upstream.ts';
import { systemClock } from '../lib/clock.ts';
import { NoMirror, StoreError } from '../store/contract/errors.ts';
import type { Rebuilt, StoreMaintenance } from '../store/contract/maintenance.ts';
import { createUpstream } from '../upstream/client.ts';
import { EXIT } from './failure.ts';
import { LOST_TOKENS, pluralize, print, printJson, printNote } from './output.ts';
import { startProgress } from './progress.ts';
import { refusePostgres } from './refuse-postgres.ts';
import { addSettings, readConfig } from './settings.ts';

const MARK = { ok: 'ok', note: '--', problem: '!!' } as const;

export function createDoctorCommand(): Command {
  const command = new Command('doctor')
    .summary('checks the database, images, settings and the upstream')
    .description(
      'Checks the integrity of the database, every document and image against its hash, the settings, and whether the upstream answers. Changes nothing, unless told to rebuild.',
    )
    .option('--rebuild', 'save what can be read of a damaged database, row by row, into a new one')
    .option('--json', 'print the findings as JSON');
  return addSettings(command, 'upstream').action(async (options: { rebuild?: boolean; json?: boolean }) => {
    const config = readConfig(command);
    const rebuilt = options.rebuild ? await rebuildAll(config) : undefined;
    const findings = await examine(config);
    if (options.json) printJson({ ...(rebuilt ? { rebuilt } : {}), findings });
    else for (const { about, kind, message } of findings) print(`${MARK[kind]} ${about}: ${message}`);
    if (findings.some(({ kind }) => kind === 'problem')) process.exitCode = EXIT.failed;
  });
}

async function examine(config: Config): Promise<Finding[]> {
  const stored = await runWithStore(config, 'reader', async (store) => {
    const database = await checkDatabase(openIntegrityCheck(config), store);
    const progress = await startProgress('images', systemClock);
    const files = await openImageFiles(config);
    const images = config.imageStore
      ? await checkBucket(store, files, formatBucketAddress(config.imageStore), progress.update)
      : await checkImages(store, files, progress.update);
    files.close();
    progress.end();
    return [...database, ...images];
  }).catch((error: unknown): Finding[] => {
    // A person who has just set it up wants to know whether the token works.
    if (error instanceof NoMirror) return [{ about: 'database', kind: 'note', message: error.message }];
    if (!(error instanceof StoreError && error.code === 'damaged')) throw error;
    const message = `damaged (${error.message}): \`restore\` a backup, or \`doctor --rebuild\``;
    return [{ about: 'database', kind: 'problem', message }];
  });
  const upstream = createUpstream({
    baseUrl: config.upstreamUrl,
    concurrency: 1,
    timeoutMs: Math.min(config.upstreamTimeoutMs, 10_000),
    clock: systemClock,
  });
  return [await checkSettings(config), ...stored, ...(await checkUpstream(upstream, config))];
}

/** Invalid settings never get this far: parsing them has thrown. */
async function checkSettings(config: Config): Promise<Finding> {
  const { databaseUrl, backupCron } = config;
  const hasOwnBackups = databaseUrl === undefined; // PostgreSQL has tools of its own
  const backups =
    hasOwnBackups && backupCron === 'off' ? '; there are no scheduled backups (FLUX_MIRROR_BACKUP_CRON)' : '';
  return {
    about: 'settings',
    kind: backups === '' ? 'ok' : 'note',
    message: `understood, data in ${await describePlace(config)}${backups}`,
  };
}

/** PostgreSQL checks itself what it reads. */
function openIntegrityCheck({
  dataDir,
  databaseUrl,
}: Config): Pick<StoreMaintenance, 'findIntegrityProblems'> {
  return databaseUrl === undefined ? createMaintenance(dataDir) : { findIntegrityProblems: () => [] };
}

async function rebuildAll(config: Config): Promise<Rebuilt> {
  refusePostgres(config, 'doctor --rebuild');
  const rebuilt = createMaintenance(config.dataDir).rebuild(systemClock);
  await runWithStore(config, 'owner', async (store) => {
    while (await store.reindexSome()) await setImmediate();
  });
  printNote(`${pluralize(rebuilt.saved, 'document')} saved, and the search index rebuilt`);
  if (rebuilt.changed > 0)
    printNote(
      `${pluralize(rebuilt.changed, 'document')} differed from the stored hash: left out, and tracked to be fetched again`,
    );
  printNote('what could not be read is lost: `backfill` restores what the upstream still has');
  if (rebuilt.tokens !== 'whole') printNote(LOST_TOKENS);
  if (rebuilt.replaced !== undefined) printNote(`the previous database is kept as ${rebuilt.replaced}`);
  return rebuilt;
}
