/**
 * What some tests need of the machine. Where it is missing they are skipped, and the run ends with a line that says why
 * (skipped-reporter.ts); with FLUX_MIRROR_TEST_REQUIRE=all they fail instead.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'vitest';
import { findChromium } from './chromium.ts';
import { hasPostgres, hasPostgresPrograms } from './postgres-server.ts';

interface Requirement {
  /** Why a test is skipped, for people. */
  readonly missing: string;
  readonly isMet: () => boolean;
}

const REQUIREMENTS = {
  linux: {
    missing: 'only Linux has /proc, which shows the memory of another process',
    isMet: () => process.platform === 'linux',
  },
  'unix-modes': {
    missing: 'Windows has no Unix file modes',
    isMet: () => process.platform !== 'win32',
  },
  root: {
    missing: 'only root may change the owner of a file',
    isMet: () => process.getuid?.() === 0,
  },
  mount: {
    missing: 'mounting a small file system needs Linux and root',
    isMet: canMount,
  },
  prlimit: {
    missing: 'prlimit is not installed (Linux only, package util-linux)',
    isMet: () => canRun('prlimit', ['--version']),
  },
  script: {
    missing: 'script with -e is not installed (Linux only, package bsdutils)',
    isMet: () => canRun('script', ['-qec', 'true', '/dev/null']),
  },
  chromium: {
    missing: 'no Chromium is installed (or set FLUX_MIRROR_TEST_CHROMIUM to its path)',
    isMet: () => findChromium() !== undefined,
  },
  postgres: {
    missing:
      'PostgreSQL is not installed (Debian: postgresql; or set FLUX_MIRROR_TEST_DATABASE_URL), or FLUX_MIRROR_TEST_POSTGRES=off',
    isMet: hasPostgres,
  },
  'postgres-programs': {
    missing: 'PostgreSQL is not installed (Debian: postgresql), so that its server can not be stopped',
    isMet: hasPostgresPrograms,
  },
  openssl: {
    missing: 'openssl is not installed',
    isMet: () => canRun('openssl', ['version']),
  },
  pgbouncer: {
    missing: 'PgBouncer is not installed (Debian: pgbouncer)',
    isMet: () => canRun('pgbouncer', ['--version']),
  },
  bash: {
    missing: 'bash is not installed',
    isMet: () => canRun('bash', ['--version']),
  },
  zsh: {
    missing: 'zsh is not installed',
    isMet: () => canRun('zsh', ['--version']),
  },
  fish: {
    missing: 'fish is not installed',
    isMet: () => canRun('fish', ['--version']),
  },
  mandoc: {
    missing: 'mandoc is not installed',
    isMet: () => canRun('sh', ['-c', 'command -v mandoc']),
  },
  'systemd-analyze': {
    missing: 'systemd-analyze is not installed',
    isMet: () => canRun('systemd-analyze', ['--version']),
  },
  promtool: {
    missing: 'promtool is not installed (Debian: prometheus)',
    isMet: () => canRun('promtool', ['--version']),
  },
  caddy: {
    missing: 'Caddy is not installed',
    isMet: () => canRun('caddy', ['version']),
  },
  nginx: {
    missing: 'nginx is not installed',
    isMet: () => canRun('nginx', ['-v']),
  },
  strace: {
    missing: 'strace is not installed (Linux only)',
    isMet: () => canRun('strace', ['-V']),
  },
} satisfies Record<string, Requirement>;

const known = new Map<string, boolean>();

/** Ends the running test unless the machine has what it needs. */
export function requireOnMachine({ skip }: Pick<TestContext, 'skip'>, name: keyof typeof REQUIREMENTS): void {
  const { missing, isMet } = REQUIREMENTS[name];
  const met = known.get(name) ?? isMet();
  known.set(name, met);
  if (met) return;
  if (process.env.FLUX_MIRROR_TEST_REQUIRE === 'all')
    throw new Error(`FLUX_MIRROR_TEST_REQUIRE=all, but ${missing}`);
  skip(missing);
}

function canMount(): boolean {
  const place = mkdtempSync(join(tmpdir(), 'flux-mirror-mount-'));
  try {
    return (
      canRun('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'flux-mirror-test', place]) &&
      canRun('umount', [place])
    );
  } finally {
    rmSync(place, { recursive: true });
  }
}

function canRun(command: string, args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
