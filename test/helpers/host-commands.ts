/**
 * Runs commands in a process that is there already (command-host.ts): to start one took most of the time of a command. Tests that
 * run in the same worker share it.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { COMMAND_HOST } from './built-module.ts';

export interface CommandRequest {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Standard input. */
  readonly input: string | Uint8Array;
  /** Follows what the command prints, on both streams. */
  readonly mark: string;
}

export interface CommandDone {
  readonly code: number;
}

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface HostedCommand {
  readonly result: Promise<CommandResult>;
  /** Ends it, and its host, if it is still running. */
  kill(): void;
}

let host: ChildProcess | undefined;
let isBusy = false;

/**
 * Runs a command of the program.
 * @param main path of the program
 * @returns undefined while another command is running: commands at the same time are processes of their own
 */
export function runHosted(main: string, request: Omit<CommandRequest, 'mark'>): HostedCommand | undefined {
  if (isBusy) return undefined;
  isBusy = true;
  host ??= startHost(main);
  const used = host;
  setReferenced(used, true);
  const finish = (result: CommandResult) => {
    setReferenced(used, false);
    isBusy = false;
    return result;
  };
  return {
    result: exchange(used, { ...request, mark: `\0${randomUUID()}\0` }).then(finish),
    kill: () => void (isBusy && host === used && used.kill('SIGKILL')),
  };
}

function startHost(main: string): ChildProcess {
  const started = fork(COMMAND_HOST, [main], { serialization: 'advanced', silent: true, execArgv: [] });
  started.once('exit', () => {
    if (host === started) host = undefined;
  });
  return started;
}

/** A command that ends its host has its exit code. */
async function exchange(used: ChildProcess, request: CommandRequest): Promise<CommandResult> {
  const ended = new AbortController();
  const { signal } = ended;
  const done = once(used, 'message', { signal }) as Promise<[CommandDone]>;
  const exited = once(used, 'exit', { signal }) as Promise<[number | null]>;
  const code = Promise.race([done.then(([{ code }]) => code), exited.then(([code]) => code)]);
  const printed = [used.stdout, used.stderr].map((stream) => readUntil(stream as Socket, request.mark));
  used.send(request);
  const [stdout = '', stderr = ''] = await Promise.all(printed);
  const result = { code: await code, stdout, stderr };
  for (const unused of [done, exited]) unused.catch(() => undefined);
  ended.abort();
  return result;
}

/** Reads a stream until a mark, which is left out, or to its end. */
function readUntil(stream: Socket, mark: string): Promise<string> {
  let read = Buffer.alloc(0);
  return new Promise((resolve) => {
    const finish = (length: number) => {
      stream.off('data', receive).off('end', finishAtEnd);
      // As `text` of node:stream/consumers reads the streams of other processes: without a byte order mark.
      resolve(new TextDecoder().decode(read.subarray(0, length)));
    };
    const finishAtEnd = () => finish(read.length);
    const receive = (chunk: Buffer) => {
      read = Buffer.concat([read, chunk]);
      const length = read.length - mark.length;
      if (read.toString('latin1', Math.max(0, length)) === mark) finish(length);
    };
    stream.on('data', receive).on('end', finishAtEnd);
  });
}

/** Whether it keeps this process from ending. */
function setReferenced(child: ChildProcess, isReferenced: boolean): void {
  for (const part of [child, child.channel, child.stdout as Socket, child.stderr as Socket]) {
    if (isReferenced) part?.ref();
    else part?.unref();
  }
}
