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
  esbuild.buildSync({
    entryPoints: [
      'server/monitoring/metrics',
      'store/sqlite/driver',
      'store/sqlite/open',
      'store/sqlite/recovery/rebuild',
      'store/sqlite/recovery/restore',
    ].map((name) => join(ROOT, 'src', `${name}.ts`)),
    outdir: BUILT_MODULES,
    outbase: join(ROOT, 'src'),
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    logLevel: 'warning',
  });
}
