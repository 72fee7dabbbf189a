/**
 * Installs better-sqlite3 12 for a source checkout on Node 20; does nothing on other Node versions. Version 13, which the
 * package uses, crashes Node 20 with a segmentation fault; version 12 aborts on Node 24.19 and newer. The folder node20/ has
 * its own lock file, so that `npm ci` verifies the hashes of what it installs.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const folder = new URL('./node20/', import.meta.url);

if (process.versions.node.startsWith('20.') && !isInstalled()) {
  process.stderr.write('flux-mirror: Node 20 needs its own SQLite driver, installing it once …\n');
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: folder,
    // Standard output is reserved for the command that runs next.
    stdio: ['ignore', process.stderr, process.stderr],
    shell: process.platform === 'win32',
  });
  process.exitCode = status ?? 1;
}

/** Whether the locked version is installed and compiled. */
function isInstalled() {
  const installed = new URL('node_modules/better-sqlite3/', folder);
  if (!existsSync(new URL('build/Release/better_sqlite3.node', installed))) return false;
  const { packages } = readJson(new URL('package-lock.json', folder));
  return (
    readJson(new URL('package.json', installed)).version === packages['node_modules/better-sqlite3'].version
  );
}

function readJson(url) {
  return JSON.parse(readFileSync(url, 'utf8'));
}
