/** One owner a data directory, whatever that owner does with its own files. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import pino from 'pino';
import { expect, test } from 'vitest';
import { createMaintenance } from '../../src/app/maintenance.ts';
import { BACKUP_WORKER } from '../../src/app/workers.ts';
import { runScheduledBackup } from '../../src/backup/scheduled.ts';
import { DirectoryInUse } from '../../src/store/sqlite/lock.ts';
import { openStore } from '../../src/store/sqlite/open.ts';
import { restore } from '../../src/store/sqlite/recovery/restore.ts';
import { builtModule } from '../helpers/built-module.ts';
import { runCli, startCli, watch } from '../helpers/cli.ts';
import { documentText, numberedIds } from '../helpers/documents.ts';
import { showFigure } from '../helpers/figure.ts';
import { startTestMirror, temporaryDirectory } from '../helpers/test-mirror.ts';

test('of ten concurrent starts one serves; the other nine exit and name it', async (context) => {
  const dataDir = temporaryDirectory();
  const children = Array.from({ length: 10 }, () =>
    startCli(['serve', '--port', '0', '--data-dir', dataDir, '--offline']),
  );
  const outcomes = await Promise.all(
    children.map(async (child) => {
      const seen = watch(child);
      const [line] = await Promise.race([
        seen(/listens on \S+/),
        seen(/in use by another flux-mirror \(pid (\d+) on \S+ started \S+\)/),
        seen(/in use by another flux-mirror\n/), // the owner has not yet written its name
      ]);
      return { line, pid: child.pid };
    }),
  );
  const owners = outcomes.filter(({ line }) => line.startsWith('listens'));
  expect(owners).toHaveLength(1);
  const named = outcomes.map(({ line }) => /pid (\d+)/.exec(line)?.[1]).filter((pid) => pid !== undefined);
  for (const pid of named) expect(Number(pid)).toBe(owners[0]?.pid);
  const late = await runCli(['serve', '--port', '0', '--data-dir', dataDir, '--offline']);
  expect(late).toMatchObject({ code: 1, stderr: expect.stringContaining(`pid ${owners[0]?.pid} on`) });
  showFigure(context, `${owners.length} owner of ${children.length}`);
});

/** Asked by a process of its own: within one, SQLite knows without looking at the file. */
function isLockedForOthers(dataDir: string): boolean {
  const attempt = `import { Database } from ${JSON.stringify(builtModule('store/sqlite/driver'))};
    try { new Database(process.argv[1], { timeout: 0 }).exec('BEGIN EXCLUSIVE') }
    catch (error) { process.exit(error.code === 'SQLITE_BUSY' ? 9 : 1) }`;
  const args = ['--input-type=module', '-e', attempt, join(dataDir, 'lock.db')];
  return spawnSync(process.execPath, args).status === 9;
}

test('the owner keeps its lock whatever opens its files', async (context) => {
  const here = await startTestMirror();
  const { dataDir } = here.config;
  here.simulator.seed(numberedIds(3).map((id) => documentText({ id })));
  await here.post({ action: 'retrieve_batch', ids: numberedIds(3) });
  const second = () => openStore({ dataDir, clock: here.clock, mode: 'owner' });
  const looks: Record<string, () => unknown> = {
    stats: () => here.get('/api/stats'),
    metrics: () => here.get('/metrics'),
    ready: () => here.get('/readyz'),
    audit: () => here.store.audit(),
    search: () => here.get('/api/search?q=cat'),
    backup: () =>
      runScheduledBackup({
        ...here.config,
        store: here.store,
        maintenance: createMaintenance(dataDir),
        worker: BACKUP_WORKER,
        clock: here.clock,
        log: pino({ level: 'silent' }),
      }),
    'backup command': () => runCli(['backup', '--data-dir', dataDir]),
    'doctor command': () => runCli(['doctor', '--offline', '--data-dir', dataDir]),
    'status command': () => runCli(['status', '--data-dir', dataDir]),
    'a reader that closes': async () =>
      (await openStore({ dataDir, clock: here.clock, mode: 'reader' })).close(),
    'a writer that closes': async () =>
      (await openStore({ dataDir, clock: here.clock, mode: 'writer' })).close(),
    'a restore that is refused': () => {
      expect(() => restore(dataDir, join(dataDir, 'mirror.db'), 0)).toThrow(DirectoryInUse);
    },
  };
  expect(isLockedForOthers(temporaryDirectory())).toBe(false);
  for (const [name, look] of Object.entries(looks)) {
    await look();
    await expect(second(), name).rejects.toThrow(DirectoryInUse);
    expect(isLockedForOthers(dataDir), name).toBe(true);
  }
  showFigure(context, `0 second owners after ${Object.keys(looks).length} kinds of looks`);
});

test('commands read and write while a server runs, never partially', async () => {
  const here = await startTestMirror();
  const args = (command: string, ...more: string[]) => [command, ...more, '--data-dir', here.config.dataDir];
  const ids = numberedIds(60);
  here.simulator.seed(ids.map((id) => documentText({ id })));
  const options = {
    env: { ACEDATACLOUD_API_TOKEN: 'upstream-secret-token', ACEDATACLOUD_API_BASE_URL: here.simulator.url },
  };
  const lines = ids.slice(0, 20).map((id) => documentText({ id }));
  const [tracked, imported] = await Promise.all([
    runCli(args('track', ...ids.slice(20, 40)), options),
    runCli(args('import', '-'), { ...options, input: `${lines.join('\n')}\n` }),
    here.post({ action: 'retrieve_batch', ids: ids.slice(40) }),
  ]);
  expect([tracked.code, imported.code]).toEqual([0, 0]);
  expect(await runCli(args('sync'), options)).toMatchObject({ code: 0 });
  for (const command of [args('get', ids[0] ?? ''), args('search', 'cat'), args('export'), args('status')])
    expect(await runCli(command), command[0]).toMatchObject({ code: 0 });
  expect((await here.store.getMany(ids)).length).toBe(60);
  expect(await here.store.audit()).toEqual([]);
});
