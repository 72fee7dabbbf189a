/**
 * Checks out a version of the program into its own directory: cloned at its commit, or copied from the working tree (`.`),
 * installed from its lock file and built.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

export interface Version {
  readonly label: string;
  readonly directory: string;
  /** The built entry of the command line. */
  readonly main: string;
}

export interface CheckoutOptions {
  readonly repository: string;
  readonly ref: string;
  /** Directory for the clone. */
  readonly directory: string;
  /** Directories whose `node_modules` may be used if the lock file is the same. */
  readonly reuse: readonly string[];
}

/** @throws Error if the commit does not exist, or can't be installed or built */
export function checkOut({ repository, ref, directory, reuse }: CheckoutOptions): Version {
  run('git', ['clone', '--quiet', '--shared', '--no-checkout', repository, directory], repository);
  run('git', ['checkout', '--quiet', '--detach', ref === '.' ? 'HEAD' : ref], directory);
  if (ref === '.') copyWorkingTree(repository, directory);
  const source = reuse.find((candidate) => hasSameLock(candidate, directory, 'package-lock.json'));
  if (source === undefined) run('npm', ['ci', '--no-audit', '--no-fund', '--silent'], directory);
  else symlinkSync(join(source, 'node_modules'), join(directory, 'node_modules'));
  prepareDriver(directory, reuse);
  run('npm', ['run', 'build', '--silent'], directory);
  return describeVersion(ref === '.' ? 'the working tree' : ref, directory);
}

/** Copies uncommitted changes: changed, new and deleted files. */
function copyWorkingTree(repository: string, directory: string): void {
  const status = execFileSync(
    'git',
    ['status', '--porcelain', '-z', '--untracked-files=all', '--no-renames'],
    {
      cwd: repository,
      encoding: 'utf8',
    },
  );
  for (const entry of status.split('\0').filter(Boolean)) {
    const file = entry.slice(3);
    rmSync(join(directory, file), { force: true });
    if (existsSync(join(repository, file))) cpSync(join(repository, file), join(directory, file));
  }
}

/** The SQLite driver for Node 20 has its own lock file. Versions before 0.2 don't have it. */
function prepareDriver(directory: string, reuse: readonly string[]): void {
  const script = join(directory, 'scripts/install-node20-driver.mjs');
  if (!existsSync(script)) return;
  const lock = 'scripts/node20/package-lock.json';
  const source = reuse.find((candidate) => hasSameLock(candidate, directory, lock));
  const modules = source && join(source, 'scripts/node20/node_modules');
  if (modules && existsSync(modules)) symlinkSync(modules, join(directory, 'scripts/node20/node_modules'));
  run('node', [script], directory);
}

function hasSameLock(candidate: string, directory: string, lock: string): boolean {
  const [theirs, ours] = [join(candidate, lock), join(directory, lock)];
  return existsSync(theirs) && existsSync(ours) && readFileSync(theirs).equals(readFileSync(ours));
}

function describeVersion(label: string, directory: string): Version {
  const { bin } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as {
    bin: Record<string, string>;
  };
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: directory, encoding: 'utf8' });
  return {
    label: `${label} (${commit.trim()})`,
    directory,
    main: join(directory, bin['flux-mirror'] ?? 'dist/cli/main.js'),
  };
}

function run(command: string, args: readonly string[], cwd: string): void {
  const { status, error } = spawnSync(command, args, {
    cwd,
    stdio: ['ignore', process.stderr, process.stderr],
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} in ${cwd} ended with ${status}`);
}
