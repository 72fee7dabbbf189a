/** `flux-mirror images move`: images from the data directory to a bucket, and back. */
import { Command, InvalidArgumentError } from 'commander';
import { openImageStorage } from '../app/open-image-files.ts';
import { runWithStore } from '../app/with-store.ts';
import { type MoveCounts, moveImages } from '../archive/move-images.ts';
import type { Config } from '../config/config.ts';
import { type BucketAddress, formatBucketAddress, parseBucketAddress } from '../config/object-store.ts';
import { systemClock } from '../lib/clock.ts';
import { CommandFailed, EXIT } from './failure.ts';
import { formatMegabytes, pluralize, print, printJson, printNote } from './output.ts';
import { startProgress } from './progress.ts';
import { addSettings, readConfig } from './settings.ts';

type Place = BucketAddress | 'folder';

interface MoveOptions {
  readonly to: Place;
  readonly from?: Place;
  readonly keep?: boolean;
  readonly json?: boolean;
}

export function createImagesCommand(): Command {
  return new Command('images')
    .summary('move the archived images')
    .description('Moves the archived images between the data directory and a bucket of an object store.')
    .addCommand(createMoveCommand());
}

function createMoveCommand(): Command {
  const command = new Command('move')
    .summary('move the archived images to a bucket, or back')
    .description(
      'Copies every archived image, reads it back, compares it with its hash, and removes it where it was. What was moved before is left out, so an interrupted move goes on where it ended. The setting FLUX_MIRROR_IMAGE_STORE is not changed.',
    )
    .requiredOption('--to <place>', 'folder (of the data directory), or s3://bucket/prefix', parsePlace)
    .option('--from <place>', 'the same; by default where the settings say, or the folder', parsePlace)
    .option('--keep', 'leave the images where they were, too')
    .option('--json', 'print the result as JSON');
  return addSettings(command).action(async (options: MoveOptions) => {
    const config = readConfig(command);
    const from = options.from ?? chooseSource(config, options.to);
    if (isSame(from, options.to))
      throw new CommandFailed(`--from and --to are both ${formatPlace(from)}`, EXIT.usage);
    if (!options.keep) await checkNotInUse(config, from);
    const counts = await move(config, from, options);
    if (options.json) printJson(counts);
    else print(describe(counts, options));
    if (counts.missing > 0)
      printNote(`${pluralize(counts.missing, 'image')} not found in ${formatPlace(from)}, or damaged there`);
  });
}

/** @throws CommandFailed if nothing says where the images are */
function chooseSource({ imageStore }: Config, to: Place): Place {
  if (imageStore && !isSame(imageStore, to)) return imageStore;
  if (to !== 'folder') return 'folder';
  throw new CommandFailed('--from s3://bucket/prefix must say where the images are', EXIT.usage);
}

/** A server would find its images missing, one by one. @throws CommandFailed */
async function checkNotInUse(config: Config, from: Place): Promise<void> {
  const nowMs = systemClock.now();
  const [server] = await runWithStore(config, 'reader', async (store) => store.findServers(nowMs));
  if (server === undefined || !isSame(from, config.imageStore ?? 'folder')) return;
  throw new CommandFailed(
    `a server (pid ${server.pid}) has its images in ${formatPlace(from)}: copy them with --keep, have FLUX_MIRROR_IMAGE_STORE name the new place, restart it, and move what is left`,
  );
}

async function move(config: Config, from: Place, { to, keep = false }: MoveOptions): Promise<MoveCounts> {
  const storages = [await openImageStorage(config, from), await openImageStorage(config, to)] as const;
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    return await runWithStore(config, 'reader', async (store) => {
      const { archived } = await store.imageStats();
      const progress = await startProgress('images', systemClock);
      try {
        const counts = await moveImages({
          ...{ store, from: storages[0], to: storages[1], isCopy: keep, stop: stopping.signal },
          onProgress: (done) => progress.update(done, archived),
        });
        if (stopping.signal.aborted) throw new CommandFailed('interrupted: the same command goes on');
        return counts;
      } finally {
        progress.end();
      }
    });
  } finally {
    for (const storage of storages) storage.close();
  }
}

function describe({ moved, present, bytes }: MoveCounts, { to, keep = false }: MoveOptions): string {
  const before = present === 0 ? '' : `; ${pluralize(present, 'image')} there before`;
  return `${pluralize(moved, 'image')} (${formatMegabytes(bytes)}) ${keep ? 'copied' : 'moved'} to ${formatPlace(to)}${before}`;
}

function parsePlace(text: string): Place {
  const place = text === 'folder' ? text : parseBucketAddress(text);
  if (place === undefined) throw new InvalidArgumentError('it must be "folder", or s3://bucket/prefix.');
  return place;
}

function formatPlace(place: Place): string {
  return place === 'folder' ? 'the data directory' : formatBucketAddress(place);
}

function isSame(a: Place, b: Place): boolean {
  return formatPlace(a) === formatPlace(b);
}
