/**
 * Tests the package as users install it: packs it, installs the tarball globally into a temporary prefix without a compiler
 * on the PATH, runs `--version`, and checks /healthz of an offline server and the manual page. Also runs it by `npx`, and checks the
 * list of its parts (SBOM).
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const root = join(import.meta.dirname, '..');
const work = mkdtempSync(join(tmpdir(), 'flux-mirror-package-'));
const npm = process.env.npm_execpath;
if (npm === undefined) throw new Error('run it with npm: npm run test:package');

/** A PATH folder with only what npm and the command need: no compiler. */
function createMinimalPath(): string {
  const bin = join(work, 'bin');
  mkdirSync(bin);
  symlinkSync(process.execPath, join(bin, 'node'));
  symlinkSync('/bin/sh', join(bin, 'sh'));
  return bin;
}

function packTarball(): string {
  execFileSync(process.execPath, [npm ?? '', 'pack', '--silent', '--pack-destination', work], { cwd: root });
  const tarball = readdirSync(work).find((name) => name.endsWith('.tgz'));
  if (tarball === undefined) throw new Error('npm pack left no tarball');
  return join(work, tarball);
}

/** The links of the README resolve, and no source maps are published. */
function checkFiles(folder: string): void {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const maps = names.filter((name) => name.endsWith('.map') && !name.startsWith('node_modules'));
  if (maps.length > 0) throw new Error(`source maps in the package: ${maps.join(', ')}`);
  const links = [...readFileSync(join(folder, 'README.md'), 'utf8').matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)];
  const dead = links.map(([, path = '']) => path).filter((path) => !existsSync(join(folder, path)));
  if (links.length === 0 || dead.length > 0) throw new Error(`dead links in the README: ${dead.join(', ')}`);
}

/** The page and the files that it loads are in the package. */
async function checkPage(url: string): Promise<void> {
  const page = await fetch(`${url}/`);
  const files = [...(await page.text()).matchAll(/(?:src|href)="(\.\/assets\/[^"]+)"/g)].map(
    ([, file = '']) => file,
  );
  if (page.status !== 200 || files.length < 3)
    throw new Error(`/ answered ${page.status} with ${files.length} files`);
  for (const file of files) {
    const { status } = await fetch(new URL(file, `${url}/`));
    if (status !== 200) throw new Error(`${file} answered ${status}`);
  }
}

async function checkHealth(command: string, env: NodeJS.ProcessEnv): Promise<void> {
  const server = spawn(command, ['serve', '--offline', '--port', '0', '--data-dir', join(work, 'data')], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(server, 'exit');
  try {
    const output: string[] = [];
    for (const stream of [server.stdout, server.stderr])
      createInterface(stream).on('line', (line) => void output.push(line));
    const url = await waitForUrl(output, () => server.exitCode === null && server.signalCode === null);
    const { status } = await fetch(`${url}/healthz`);
    if (status !== 200) throw new Error(`/healthz answered ${status}`);
    await checkPage(url);
  } finally {
    server.kill('SIGTERM');
    await ended;
  }
}

async function waitForUrl(output: readonly string[], isRunning: () => boolean): Promise<string> {
  while (isRunning()) {
    const [, url] = /listens on (http\S+?)["\s]/.exec(`${output.join('\n')}\n`) ?? [];
    if (url !== undefined) return url;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the server ended:\n${output.join('\n')}`);
}

/** `npx` runs the tarball without an installation. */
function checkNpx(tarball: string, env: NodeJS.ProcessEnv, version: string): void {
  const args = ['exec', '--yes', `--package=${tarball}`, '--', 'flux-mirror', '--version'];
  const options = {
    cwd: work,
    env: { ...env, npm_config_cache: join(work, 'npx-cache') },
    encoding: 'utf8',
  } as const;
  const shown = execFileSync(process.execPath, [npm ?? '', ...args], options).trim();
  if (shown !== version) throw new Error(`npx: --version printed ${JSON.stringify(shown)}`);
}

interface Sbom {
  readonly packages: readonly { readonly name: string; readonly licenseDeclared?: string }[];
}

/** Every dependency is listed, with its licence. */
function checkSbom(): void {
  const sbom = JSON.parse(
    execFileSync(process.execPath, [npm ?? '', 'run', '--silent', 'sbom'], { cwd: root, encoding: 'utf8' }),
  ) as Sbom;
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  for (const name of [...Object.keys(manifest.dependencies), 'lucide-static']) {
    const { licenseDeclared = 'NOASSERTION' } = sbom.packages.find((each) => each.name === name) ?? {};
    if (licenseDeclared === 'NOASSERTION') throw new Error(`the SBOM has no licence of ${name}`);
  }
}

try {
  const tarball = packTarball();
  const env = { ...process.env, PATH: createMinimalPath() };
  const prefix = join(work, 'prefix');
  const started = performance.now();
  const install = ['install', '--global', '--prefix', prefix, '--no-audit', '--no-fund', tarball];
  execFileSync(process.execPath, [npm, ...install], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const command = join(prefix, 'bin', 'flux-mirror');
  const version = execFileSync(command, ['--version'], { env, encoding: 'utf8' }).trim();
  checkFiles(join(prefix, 'lib/node_modules/flux-mirror'));
  await checkHealth(command, env);
  if (!existsSync(join(prefix, 'share/man/man1/flux-mirror.1')))
    throw new Error('the manual page was not installed');
  checkNpx(tarball, env, version);
  checkSbom();
  process.stdout.write(`installed in ${seconds} s without a compiler: ${version}, /healthz answers 200\n`);
} finally {
  rmSync(work, { recursive: true, force: true });
}
