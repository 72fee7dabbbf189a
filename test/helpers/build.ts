/**
 * Builds once before all tests: the command line is tried as it is shipped, and starts in half the time. Beside it, single
 * modules that tests run in processes of their own.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import * as esbuild from 'esbuild';
import { BUILT_MODULES } from './built-module.ts';

const ROOT = join(import.meta.dirname, '../..');

export default function build(): void {
  execFileSync('npm', ['run', 'build', '--silent'], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  const modules = [
    'server/monitoring/metrics',
    'store/sqlite/driver',
    'store/sqlite/open',
    'store/sqlite/recovery/rebuild',
    'store/sqlite/recovery/restore',
  ].map((name) => ({ in: join(ROOT, 'src', `${name}.ts`), out: name }));
  esbuild.buildSync({
    entryPoints: [...modules, { in: join(import.meta.dirname, 'command-host.ts'), out: 'command-host' }],
    outdir: BUILT_MODULES,
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    logLevel: 'warning',
  });
}
