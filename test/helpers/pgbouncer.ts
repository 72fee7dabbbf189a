/** PgBouncer in transaction mode before PostgreSQL: each transaction may be on another connection. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from './proxy-process.ts';

export interface Pooler {
  /** The same database behind it. */
  poolUrl(databaseUrl: string): string;
  kill(): Promise<void>;
  start(): Promise<void>;
}

const POOL_SIZE = 6;

/** Starts it before the server of a database. It lives until it is killed, or this process ends. */
export async function startPooler(databaseUrl: string): Promise<Pooler> {
  const { hostname, port: serverPort, username } = new URL(databaseUrl);
  const port = await findFreePort();
  const directory = mkdtempSync(join(tmpdir(), 'flux-mirror-pooler-'));
  chmodSync(directory, 0o755); // read by another user
  const config = join(directory, 'pgbouncer.ini');
  writeFileSync(
    config,
    `[databases]
* = host=${hostname} port=${serverPort} user=${username}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = ${POOL_SIZE}
max_client_conn = 4000
`,
  );
  let child: ChildProcess | undefined;
  process.once('exit', () => {
    child?.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  });
  const kill = async () => {
    if (!child) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    child = undefined;
  };
  const start = async () => {
    const isRoot = process.getuid?.() === 0; // which it refuses
    const [command = '', ...args] = [...(isRoot ? ['setpriv', ...UNPRIVILEGED] : []), 'pgbouncer', config];
    child = spawn(command, args, { stdio: 'ignore' });
    await waitUntilItListens(port);
  };
  await start();
  return {
    poolUrl: (url) => Object.assign(new URL(url), { hostname: '127.0.0.1', port: String(port) }).href,
    kill,
    start,
  };
}

/** The process itself becomes another user, so that it can be killed. */
const UNPRIVILEGED = ['--reuid=postgres', '--regid=postgres', '--clear-groups'];

async function waitUntilItListens(port: number): Promise<void> {
  for (let tries = 0; tries < 500; tries += 1) {
    const socket = connect(port, '127.0.0.1');
    const isOpen = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'close').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (isOpen) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('PgBouncer has not started');
}
