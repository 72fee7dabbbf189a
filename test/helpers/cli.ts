/** The real command line, as it is built. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { type CommandResult, runHosted } from './host-commands.ts';
import { createEngineEnv } from './test-engine.ts';
import { temporaryDirectory } from './test-mirror.ts';
import { IS_EVERY_COMMAND_STARTED } from './thorough.ts';

/** Built before the tests, see build.ts. */
export const MAIN = join(import.meta.dirname, '../../dist/cli/main.js');

export interface CliOptions {
  readonly env?: Record<string, string>;
  readonly input?: string | Uint8Array;
  readonly cwd?: string;
}

/**
 * Starts a command as a process of its own; it is killed when the test ends before it does. Its environment is only what is given,
 * without the engine of the tests: see `addEngine`.
 */
export function startCli(args: readonly string[], options: CliOptions = {}): ChildProcessWithoutNullStreams {
  return startProgram(MAIN, args, options);
}

function startProgram(
  main: string,
  args: readonly string[],
  { env = {}, cwd = temporaryDirectory() }: CliOptions,
): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, [main, ...args], { cwd, env: createEnv(env) });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

function createEnv(env: Readonly<Record<string, string>>): Record<string, string | undefined> {
  return {
    PATH: process.env.PATH,
    TZ: 'UTC',
    // Links of test documents lead into the internet.
    FLUX_MIRROR_ARCHIVE_IMAGES: 'false',
    NODE_NO_WARNINGS: '1',
    ...env,
  };
}

/** Runs a command to its end. It shares its process with those before, unless several run at the same time. */
export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CommandResult> {
  const { env = {}, cwd = temporaryDirectory(), input = '' } = await addEngine(args, options);
  const request = { args, cwd, env: createEnv(env), input };
  const hosted = IS_EVERY_COMMAND_STARTED ? undefined : runHosted(MAIN, request);
  if (hosted === undefined) return finishProgram(MAIN, args, { env, cwd, input });
  onTestFinished(hosted.kill);
  return hosted.result;
}

/** Runs a command to its end in a process of its own, by any path of the program. */
export async function runProgram(
  main: string,
  args: readonly string[],
  options: CliOptions = {},
): Promise<CommandResult> {
  return finishProgram(main, args, await addEngine(args, options));
}

/** With what tells a command the database that stands for its data directory (test-engine.ts). */
export async function addEngine(
  args: readonly string[],
  { cwd = temporaryDirectory(), env = {}, ...options }: CliOptions,
): Promise<CliOptions> {
  const named = args.includes('--data-dir') ? args[args.indexOf('--data-dir') + 1] : undefined;
  const dataDir = named ?? env.FLUX_MIRROR_DATA_DIR;
  const engine = dataDir === undefined ? {} : await createEngineEnv(resolve(cwd, dataDir));
  return { ...options, cwd, env: { ...engine, ...env } };
}

async function finishProgram(
  main: string,
  args: readonly string[],
  options: CliOptions,
): Promise<CommandResult> {
  const child = startProgram(main, args, options);
  child.stdin.end(options.input ?? '');
  const [[code], stdout, stderr] = await Promise.all([
    once(child, 'exit') as Promise<[number | null]>,
    text(child.stdout),
    text(child.stderr),
  ]);
  return { code, stdout, stderr };
}

/** Collects what a running command prints, and waits for a pattern in it. */
export function watch(child: ChildProcessWithoutNullStreams): (pattern: RegExp) => Promise<RegExpExecArray> {
  let output = '';
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += String(chunk);
      for (const listener of listeners) listener();
    });
  }
  return (pattern) =>
    new Promise((resolve, reject) => {
      const look = () => {
        const match = pattern.exec(output);
        if (!match) return;
        listeners.delete(look);
        resolve(match);
      };
      listeners.add(look);
      child.once('exit', () => reject(new Error(`it ended without ${pattern}:\n${output}`)));
      look();
    });
}
