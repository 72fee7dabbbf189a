/** `flux-mirror open`: shows an archived picture or video. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { copyFile, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { openImageFiles } from '../app/open-image-files.ts';
import { runWithStore } from '../app/with-store.ts';
import { ImageMissing, type NamedImage, nameImage } from '../archive/image-storage.ts';
import type { Config } from '../config/config.ts';
import { listArtifacts } from '../task/artifacts.ts';
import type { JsonObject } from '../task/json-object.ts';
import { CommandFailed } from './failure.ts';
import { print, printNote } from './output.ts';
import { resolveArgs } from './resolve-ids.ts';
import { addSettings, readConfig } from './settings.ts';

/** How long an opener is watched. */
const OPENER_WAIT_MS = 3000;

interface OpenOptions {
  readonly number: number;
  readonly print?: boolean;
}

export function createOpenCommand(): Command {
  const command = new Command('open')
    .summary('show an archived picture')
    .description(
      'Opens the archived picture or video of a task with the program that the system has for it, and prints its path.',
    )
    .argument('<id>', 'a task id, or its first 6 or more characters')
    .option('-n, --number <n>', 'which of several', parseNumber, 1)
    .option('--print', 'only print the path');
  return addSettings(command).action(async (arg: string, options: OpenOptions) => {
    const config = readConfig(command);
    const image = await findImage(config, arg, options.number);
    const path = config.imageStore
      ? await findInBucket(config, image, options)
      : await findFile(config, image);
    print(path);
    if (!options.print && hasScreen()) await openFile(path);
  });
}

/** @throws CommandFailed if there is no such task, or nothing of it is archived */
async function findImage(config: Config, arg: string, number: number): Promise<NamedImage> {
  return runWithStore(config, 'reader', async (store) => {
    const { ids } = await resolveArgs(store, [arg], { onlyDocuments: true });
    const [task] = await store.getMany(ids);
    if (!task) throw new CommandFailed(`not in the mirror: ${arg}`);
    const image = (await store.imagesOf([task.id])).find(({ n }) => n === number - 1);
    if (image) return image;
    const links = listArtifacts(JSON.parse(task.text) as JsonObject); // validated before it was stored
    const link = links[number - 1];
    if (!link) throw new CommandFailed(`${task.id} has ${links.length} pictures`);
    throw new CommandFailed(`${task.id}: this picture is not archived; its link is ${link.url}`);
  });
}

/** @throws CommandFailed if it is missing */
async function findFile(config: Config, image: NamedImage): Promise<string> {
  const path = (await openImageFiles(config)).locate(image);
  if (existsSync(path)) return path;
  throw createMissing(path);
}

/** Its address, or the path of a copy: whoever shows it reads that when this command has ended. @throws CommandFailed if it is missing */
async function findInBucket(
  config: Config,
  image: NamedImage,
  { print: isPrinted }: OpenOptions,
): Promise<string> {
  const files = await openImageFiles(config);
  if (isPrinted) return files.locate(image);
  const copy = join(await mkdtemp(join(tmpdir(), 'flux-mirror-')), nameImage(image));
  try {
    await files.withLocalFile(image, (path) => copyFile(path, copy));
    return copy;
  } catch (error) {
    throw error instanceof ImageMissing ? createMissing(files.locate(image)) : error;
  } finally {
    files.close();
  }
}

function createMissing(place: string): CommandFailed {
  return new CommandFailed(
    `its file is missing: ${place}; "flux-mirror sync" fetches it again, if its link still works`,
  );
}

/** Over SSH, in a container or on a server there is nothing to show a picture on. */
function hasScreen(): boolean {
  if (process.platform === 'win32' || process.platform === 'darwin') return true;
  return Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ['open'],
  win32: ['explorer'],
};

async function openFile(path: string): Promise<void> {
  const [program, ...args] = OPENERS[process.platform] ?? ['xdg-open'];
  const child = spawn(program, [...args, path], { stdio: 'ignore', detached: true });
  try {
    await once(child, 'spawn');
    if (await hasFailed(child)) printNote(`${program} could not open it: open the path above by hand`);
    child.unref();
  } catch {
    printNote(`${program} can't be started: open the path above by hand`);
  }
}

/** Openers end at once, unless they show the picture themselves. That of Windows always reports a failure. */
async function hasFailed(child: ChildProcess): Promise<boolean> {
  if (process.platform === 'win32') return false;
  const [code] = await once(child, 'exit', { signal: AbortSignal.timeout(OPENER_WAIT_MS) }).catch(() => [0]);
  return code !== 0;
}

function parseNumber(value: string): number {
  const number = /^\d{1,4}$/.test(value) ? Number(value) : 0;
  if (number < 1) throw new InvalidArgumentError('it must be a whole number of at least 1.');
  return number;
}
