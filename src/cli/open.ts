/** `flux-mirror open`: shows an archived picture or video. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { runWithStore } from '../app/with-store.ts';
import { createImageFiles } from '../archive/files.ts';
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
    const path = await findFile(readConfig(command), arg, options.number);
    print(path);
    if (!options.print && hasScreen()) await openFile(path);
  });
}

/** @throws CommandFailed if there is no such task, or nothing of it is archived */
async function findFile(config: { dataDir: string }, arg: string, number: number): Promise<string> {
  return runWithStore(config, 'reader', async (store) => {
    const { ids } = await resolveArgs(store, [arg], { onlyDocuments: true });
    const [task] = await store.getMany(ids);
    if (!task) throw new CommandFailed(`not in the mirror: ${arg}`);
    const image = (await store.imagesOf([task.id])).find(({ n }) => n === number - 1);
    if (image) return checkIsThere(createImageFiles(config.dataDir).locate(image));
    const links = listArtifacts(JSON.parse(task.text) as JsonObject); // validated before it was stored
    const link = links[number - 1];
    if (!link) throw new CommandFailed(`${task.id} has ${links.length} pictures`);
    throw new CommandFailed(`${task.id}: this picture is not archived; its link is ${link.url}`);
  });
}

/** @throws CommandFailed */
function checkIsThere(path: string): string {
  if (existsSync(path)) return path;
  throw new CommandFailed(
    `its file is missing: ${path}; "flux-mirror sync" fetches it again, if its link still works`,
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
