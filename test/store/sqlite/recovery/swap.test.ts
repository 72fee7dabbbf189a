/** Kills on every step of `restore` and `doctor --rebuild`: what is there afterwards is the old state or the new one, whole. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Store } from '../../../../src/store/contract/store.ts';
import { openStore } from '../../../../src/store/sqlite/open.ts';
import { backUp } from '../../../../src/store/sqlite/recovery/backup.ts';
import { restore } from '../../../../src/store/sqlite/recovery/restore.ts';
import { acquireExclusiveLock } from '../../../../src/store/sqlite/writers-lock.ts';
import { builtModule } from '../../../helpers/built-module.ts';
import { runCli, startCli, watch } from '../../../helpers/cli.ts';
import { document, documentText, numberedIds } from '../../../helpers/documents.ts';
import { showFigure } from '../../../helpers/figure.ts';
import { ManualClock } from '../../../helpers/manual-clock.ts';
import { requireOnMachine } from '../../../helpers/requirements.ts';
import { temporaryDirectory } from '../../../helpers/test-mirror.ts';
import { tries } from '../../../helpers/thorough.ts';

const clock = new ManualClock();
const OLD = ['old-1', 'old-2'];
const NEW = ['new-1', 'new-2', 'new-3'];

async function put(dataDir: string, ids: readonly string[], whileOpen: () => void = () => undefined) {
  const store = await openStore({ dataDir, clock, mode: 'owner' });
  for (const id of ids)
    await store.storeDocuments({ documents: [document({ id })], requestSeq: 1, fetchedAtMs: 1 });
  whileOpen();
  await store.close();
}

/** What a killed server leaves behind: the last document stands in the log alone. And a backup of another mirror. */
async function killedMirror(): Promise<{ left: string; backup: string }> {
  const [running, other, left] = [temporaryDirectory(), temporaryDirectory(), temporaryDirectory()];
  await put(running, OLD.slice(0, 1));
  await put(running, OLD.slice(1), () => {
    for (const name of ['mirror.db', 'mirror.db-wal']) cpSync(join(running, name), join(left, name));
  });
  expect(statSync(join(left, 'mirror.db-wal')).size).toBeGreaterThan(0);
  await put(other, NEW);
  const backup = join(other, 'backup.db');
  await backUp(other, backup);
  return { left, backup };
}

function copyOf(directory: string): string {
  const copy = temporaryDirectory();
  cpSync(directory, copy, { recursive: true });
  return copy;
}

async function idsIn(dataDir: string): Promise<string[]> {
  const store = await openStore({ dataDir, clock, mode: 'owner' });
  const ids: string[] = [];
  for await (const page of store.stream()) ids.push(...page.map(({ id }) => id));
  expect(await store.audit()).toEqual([]);
  await store.close();
  return ids.sort();
}

const keptIn = (dataDir: string): string[] => {
  const folder = join(dataDir, 'backups');
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names.filter((name) => /^replaced-\w+\.db$/.test(name)).map((name) => join(folder, name));
};

/** What changes files or brings them to the disk. */
const STEPS =
  'rename,renameat,renameat2,unlink,unlinkat,link,linkat,mkdir,mkdirat,fsync,fdatasync,ftruncate,copy_file_range';
/** The main thread alone: nothing here leaves it. */
const STRACE = ['-qq'];

interface Step {
  readonly call: string;
  readonly nth: number;
}

/** A run of `script` to its end, told as the steps that it took. */
function stepsOf(script: string, args: readonly string[]): Step[] {
  const log = join(temporaryDirectory(), 'log');
  const { status, stderr } = spawnSync(
    'strace',
    [
      ...STRACE,
      '-o',
      log,
      '-e',
      `trace=${STEPS}`,
      process.execPath,
      '--input-type=module',
      '-e',
      script,
      ...args,
    ],
    { encoding: 'utf8' },
  );
  expect(stderr).toBe('');
  expect(status).toBe(0);
  const counts = new Map<string, number>();
  return [...readFileSync(log, 'utf8').matchAll(/^(\w+)\(/gm)].map(([, call = '']) => {
    const nth = (counts.get(call) ?? 0) + 1;
    counts.set(call, nth);
    return { call, nth };
  });
}

/** From a little before the commit point on, which is the first rename. */
function aroundSwitch(steps: readonly Step[], count: number): readonly Step[] {
  const commit = steps.findIndex(({ call }) => call.startsWith('rename'));
  return count === steps.length ? steps : steps.slice(commit - 1, commit - 1 + count);
}

/** A run of `script` that is killed as it comes to a step. */
function killedAt({ call, nth }: Step, script: string, args: readonly string[]): void {
  const inject = `inject=${call}:signal=KILL:when=${nth}`;
  const { signal } = spawnSync('strace', [
    ...STRACE,
    '-o',
    '/dev/null',
    '-e',
    `trace=${call}`,
    '-e',
    inject,
    process.execPath,
    '--input-type=module',
    '-e',
    script,
    ...args,
  ]);
  expect(signal, `${call} ${nth}`).toBe('SIGKILL');
}

const RESTORE = `const { restore } = await import('${builtModule('store/sqlite/recovery/restore')}');
  restore(process.argv[1], process.argv[2], 1700000000000);`;
const REBUILD = `const { rebuild } = await import('${builtModule('store/sqlite/recovery/rebuild')}');
  rebuild(process.argv[1], { now: () => 1700000000000 });`;

describe('a kill at any step', () => {
  test('of restore leaves the old state or the new one, and the old one can be restored', async (context) => {
    requireOnMachine(context, 'strace');
    const { left, backup } = await killedMirror();
    const steps = stepsOf(RESTORE, [copyOf(left), backup]);
    const outcomes = { old: 0, new: 0 };
    const tried = aroundSwitch(steps, tries(5, steps.length));
    for (const step of tried) {
      const dataDir = copyOf(left);
      killedAt(step, RESTORE, [dataDir, backup]);
      const found = await idsIn(dataDir);
      expect([OLD, NEW], `${step.call} ${step.nth}`).toContainEqual(found);
      outcomes[found.length === OLD.length ? 'old' : 'new'] += 1;
      expect(readdirSync(dataDir).filter((name) => name.includes('ready'))).toEqual([]);
      if (found.length === OLD.length) continue;
      const [kept = ''] = keptIn(dataDir);
      restore(dataDir, kept, clock.now());
      expect(await idsIn(dataDir), `kept, ${step.call} ${step.nth}`).toEqual(OLD);
    }
    expect([outcomes.old > 0, outcomes.new > 0]).toEqual([true, true]);
    showFigure(context, `0 lost of ${tried.length} kills: ${outcomes.old} old, ${outcomes.new} new`);
  });

  test('of a rebuild loses nothing', async (context) => {
    requireOnMachine(context, 'strace');
    const { left } = await killedMirror();
    const steps = stepsOf(REBUILD, [copyOf(left)]);
    for (const step of aroundSwitch(steps, tries(3, steps.length))) {
      const dataDir = copyOf(left);
      killedAt(step, REBUILD, [dataDir]);
      expect(await reindexed(dataDir), `${step.call} ${step.nth}`).toEqual(OLD);
    }
  });

  async function reindexed(dataDir: string): Promise<string[]> {
    const store = await openStore({ dataDir, clock, mode: 'owner' });
    while (await store.reindexSome());
    await store.close();
    return idsIn(dataDir);
  }
});

describe('a swap', () => {
  test('copies the old database if the backups are on another disk', async (context) => {
    requireOnMachine(context, 'strace');
    const { left, backup } = await killedMirror();
    // The first rename decides; the second is of the log, the fourth of the database.
    const inject = 'inject=rename:error=EXDEV:when=2..4+2';
    const args = [
      '-o',
      '/dev/null',
      '-e',
      'trace=rename',
      '-e',
      inject,
      process.execPath,
      '--input-type=module',
    ];
    const { status } = spawnSync('strace', [...STRACE, ...args, '-e', RESTORE, left, backup]);
    expect(status).toBe(0);
    expect(await idsIn(left)).toEqual(NEW);
    const [kept = ''] = keptIn(left);
    expect(readdirSync(join(left, 'backups')).filter((name) => name.includes('partial'))).toEqual([]);
    restore(left, kept, clock.now());
    expect(await idsIn(left)).toEqual(OLD);
  });
});

describe('an interrupted swap', () => {
  /** As after a kill right after the commit. */
  async function interrupted(): Promise<string> {
    const { left, backup } = await killedMirror();
    cpSync(backup, join(left, 'mirror.db.ready-20260101T000000000Z'));
    return left;
  }

  test('is reported in one line by commands that can’t complete it, and completed by a start', async () => {
    const dataDir = await interrupted();
    for (const command of [
      ['get', 'old-1'],
      ['track', ...numberedIds(1)],
      ['doctor', '--offline'],
    ]) {
      const { code, stderr } = await runCli([...command, '--data-dir', dataDir]);
      expect([code, stderr], command[0]).toEqual([
        1,
        expect.stringMatching(
          /^flux-mirror: a restore of \S+ was interrupted: start `flux-mirror serve`.*\n$/,
        ),
      ]);
    }
    const server = startCli(['serve', '--port', '0', '--offline', '--data-dir', dataDir]);
    await watch(server)(/listens on/);
    expect(await runCli(['get', 'new-1', '--data-dir', dataDir])).toMatchObject({ code: 0 });
  });

  test('never replaces the kept log with one that a reader created meanwhile', async () => {
    const dataDir = await interrupted();
    const folder = join(dataDir, 'backups');
    const kept = join(folder, 'replaced-20260101T000000000Z.db');
    cpSync(join(dataDir, 'mirror.db-wal'), `${kept}-wal`);
    writeFileSync(join(dataDir, 'mirror.db-wal'), 'of somebody who only read');
    expect(await idsIn(dataDir)).toEqual(NEW);
    restore(dataDir, kept, clock.now());
    expect(await idsIn(dataDir)).toEqual(OLD);
  });

  test('is completed by the next restore, which reports what was there before', async () => {
    const dataDir = await interrupted();
    const { backup } = await killedMirror();
    const { stderr, code } = await runCli(['restore', backup, '--data-dir', dataDir]);
    expect([code, stderr]).toEqual([0, expect.stringContaining('replaced-20260101T000000000Z.db')]);
    const [first = ''] = keptIn(dataDir);
    restore(dataDir, first, clock.now());
    expect(await idsIn(dataDir)).toEqual(OLD);
  });
});

describe('writing and replacing exclude each other', () => {
  test('restore and rebuild are rejected while a command has the database open for writing', async () => {
    const { left, backup } = await killedMirror();
    const importing = startCli(['import', '-', '--data-dir', left]);
    // A whole batch, which is stored before the input ends: then the command has the lock, and not only its file.
    importing.stdin.write(`${documentText({ id: 'imported' })}\n`.repeat(500));
    await expect.poll(() => idsIn(left)).toContain('imported');
    for (const command of [
      ['restore', backup],
      ['doctor', '--rebuild'],
    ]) {
      const { code, stderr } = await runCli([...command, '--data-dir', left]);
      const line = `flux-mirror: a command is writing to ${left} (import, sync …): wait for it\n`;
      expect([code, stderr], command[0]).toEqual([1, line]);
    }
    importing.stdin.end();
    await once(importing, 'exit');
    expect(await idsIn(left)).toEqual(['imported', ...OLD]);
    restore(left, backup, clock.now());
    expect(await idsIn(left)).toEqual(NEW);
  });

  test('a writing command is rejected while the database is being replaced', async () => {
    const { left } = await killedMirror();
    const lock = acquireExclusiveLock(left, clock.now());
    const { code, stderr } = await runCli(['track', ...numberedIds(1), '--data-dir', left]);
    lock.release();
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^flux-mirror: .* is being restored .*\n$/)]);
    expect(await runCli(['track', ...numberedIds(1), '--data-dir', left])).toMatchObject({ code: 0 });
  });

  test('writers exclude neither each other nor a server', async () => {
    const { left } = await killedMirror();
    const stores: Store[] = [];
    for (const mode of ['owner', 'writer', 'writer', 'reader'] as const)
      stores.push(await openStore({ dataDir: left, clock, mode }));
    for (const store of stores) await store.close();
    acquireExclusiveLock(left, clock.now()).release();
  });
});
