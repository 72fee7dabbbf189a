/** PostgreSQL for tests: a server that is given by FLUX_MIRROR_TEST_DATABASE_URL, or one of this process from Debian's package. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from './proxy-process.ts';

const PACKAGES = '/usr/lib/postgresql';
const USER = 'mirror';
const MAX_CONNECTIONS = 400;

export interface PostgresServer {
  /** Of one of its databases. */
  urlOf(database: string): string;
}

/** Whether tests may use PostgreSQL here. */
export function hasPostgres(): boolean {
  if (process.env.FLUX_MIRROR_TEST_POSTGRES === 'off') return false;
  return process.env.FLUX_MIRROR_TEST_DATABASE_URL !== undefined || findPrograms() !== undefined;
}

let running: Promise<PostgresServer> | undefined;

/** The server of this process, which is started once and ends with it. */
export function getPostgresServer(): Promise<PostgresServer> {
  running ??= start();
  return running;
}

async function start(): Promise<PostgresServer> {
  const given = process.env.FLUX_MIRROR_TEST_DATABASE_URL;
  if (given !== undefined) return { urlOf: (database) => new URL(`/${database}`, given).href };
  const programs = findPrograms();
  if (programs === undefined) throw new Error(`there is no PostgreSQL in ${PACKAGES}`);
  const port = await findFreePort();
  await startServer(programs, createDataDirectory(programs), port);
  return { urlOf: (database) => `postgres://${USER}@127.0.0.1:${port}/${database}` };
}

/** Whether a test may start and stop a server of its own. */
export function hasPostgresPrograms(): boolean {
  return process.env.FLUX_MIRROR_TEST_POSTGRES !== 'off' && findPrograms() !== undefined;
}

export interface OwnPostgres extends PostgresServer {
  /** As a power failure would: nothing is written any more. */
  kill(): Promise<void>;
  /** Starts it again, on the same port and the same data. */
  start(): Promise<void>;
}

/**
 * A server of the test's own, which ends with the process. What was committed survives a kill.
 * @param settings of PostgreSQL, beside those that the test needs
 */
export async function startOwnPostgres(
  settings: Readonly<Record<string, string>> = {},
): Promise<OwnPostgres> {
  const programs = findPrograms();
  if (programs === undefined) throw new Error(`there is no PostgreSQL in ${PACKAGES}`);
  const directory = createDataDirectory(programs);
  const port = await findFreePort();
  const launch = () => startServer(programs, directory, port, { isDurable: true, more: settings });
  let child = await launch();
  return {
    urlOf: (database) => `postgres://${USER}@127.0.0.1:${port}/${database}`,
    kill: async () => {
      const ended = once(child, 'exit');
      child.ref(); // it is waited for
      child.stdin?.end();
      await ended;
    },
    start: async () => {
      child = await launch();
    },
  };
}

/** Lets the server, and nobody else, read a file of a test, such as its private key. */
export function giveToPostgres(file: string): void {
  if (isRoot()) chownSync(file, ...findPostgresUser());
  chmodSync(file, 0o600);
}

/** The folder of the newest version's programs. */
function findPrograms(): string | undefined {
  try {
    const [newest] = readdirSync(PACKAGES).sort((a, b) => Number(b) - Number(a));
    return newest === undefined ? undefined : join(PACKAGES, newest, 'bin');
  } catch {
    return undefined;
  }
}

function createDataDirectory(programs: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'flux-mirror-postgres-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }));
  if (isRoot()) chownSync(directory, ...findPostgresUser());
  chmodSync(directory, 0o700);
  const options = ['-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync', '-D', join(directory, 'data')];
  const [command, ...args] = runUnprivileged([join(programs, 'initdb'), '-U', USER, ...options]);
  execFileSync(command, args, { cwd: '/', stdio: ['ignore', 'ignore', 'inherit'] });
  return directory;
}

/**
 * Starts the server so that it ends with this process, however that ends: its shell reads a pipe that then breaks. An immediate stop loses
 * nothing that anybody needs.
 */
async function startServer(
  programs: string,
  directory: string,
  port: number,
  { isDurable = false, more = {} }: { isDurable?: boolean; more?: Readonly<Record<string, string>> } = {},
): Promise<ChildProcess> {
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: directory,
    max_connections: MAX_CONNECTIONS,
    ...(isDurable ? {} : { fsync: 'off', full_page_writes: 'off' }),
    autovacuum_naptime: '10s',
    ...more,
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const script = '"$@" & server=$!; read -r _; kill -QUIT $server; wait $server';
  const server = ['sh', '-c', script, 'sh', join(programs, 'postgres'), '-D', join(directory, 'data')];
  const [command, ...args] = runUnprivileged([...server, ...options]);
  const child = spawn(command, args, { cwd: '/', stdio: ['pipe', 'ignore', 'pipe'] });
  await waitUntilReady(child);
  child.unref();
  for (const stream of [child.stdin, child.stderr]) if (stream && 'unref' in stream) Object(stream).unref();
  return child;
}

async function waitUntilReady(child: ChildProcess): Promise<void> {
  let output = '';
  const ready = new Promise<void>((resolve) => {
    child.stderr?.on('data', (chunk) => {
      if (/ready to accept connections/.test(output)) return; // read on, so that the pipe never fills up
      output += String(chunk);
      if (/ready to accept connections/.test(output)) resolve();
    });
  });
  const ended = once(child, 'exit').then(() => {
    throw new Error(`PostgreSQL does not start: ${output}`);
  });
  await Promise.race([ready, ended]);
  ended.catch(() => undefined); // it ends with the tests
}

/** The server refuses to run as root. */
function runUnprivileged(command: readonly string[]): [string, ...string[]] {
  const [program = '', ...args] = command;
  return isRoot() ? ['runuser', '-u', 'postgres', '--', program, ...args] : [program, ...args];
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

function findPostgresUser(): [uid: number, gid: number] {
  const read = (option: string) => Number(execFileSync('id', [option, 'postgres'], { encoding: 'utf8' }));
  return [read('-u'), read('-g')];
}
