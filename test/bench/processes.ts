/** Child processes of a benchmark: servers that say `ready`, and wrk. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';

/** Starts a TypeScript file and waits until its port answers. */
export async function startScript(
  file: string,
  args: readonly string[],
  port: number,
  env: NodeJS.ProcessEnv = {},
): Promise<ChildProcess> {
  return startCommand(process.execPath, ['--import', 'tsx', file, ...args], port, env);
}

/** Starts a command and waits until its port answers. */
export async function startCommand(
  command: string,
  args: readonly string[],
  port: number,
  env: NodeJS.ProcessEnv = {},
): Promise<ChildProcess> {
  const child = spawn(command, args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ...env },
  });
  for (let tries = 0; tries < 600; tries += 1) {
    if (child.exitCode !== null) throw new Error(`${command} ended with ${child.exitCode}`);
    if (await answers(port)) return child;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${command} does not listen on ${port}`);
}

export async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

export function isInstalled(command: string): boolean {
  return spawnSync('which', [command]).status === 0;
}

export interface Load {
  readonly port: number;
  /** One id a line. */
  readonly idsFile: string;
  /** Ids of one request. */
  readonly batch: number;
  readonly seconds: number;
  readonly seed: number;
  readonly connections?: number;
}

/** One round of wrk. @returns requests a second; throws when an answer was no 2xx */
export function wrk({ port, idsFile, batch, seconds, seed, connections = 32 }: Load): number {
  const script = new URL('./retrieve.lua', import.meta.url).pathname;
  const output = execFileSync(
    'wrk',
    [
      '-t1',
      `-c${connections}`,
      `-d${seconds}s`,
      '-s',
      script,
      `http://127.0.0.1:${port}`,
      '--',
      idsFile,
      String(batch),
      String(seed),
    ],
    { encoding: 'utf8' },
  );
  if (/Non-2xx|Socket errors/.test(output)) throw new Error(`wrk saw errors:\n${output}`);
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(output)?.[1]);
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false; // not listening yet
  } finally {
    socket.destroy();
  }
}
