/** Commands on a mirror in PostgreSQL. */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { runCli, startCli, watch } from '../helpers/cli.ts';
import { documentText, numberedIds } from '../helpers/documents.ts';
import { createEmptyDatabase } from '../helpers/postgres.ts';
import { requireOnMachine } from '../helpers/requirements.ts';
import { temporaryDirectory } from '../helpers/test-mirror.ts';

const SECRET = 'not-to-be-shown';

beforeEach((context) => requireOnMachine(context, 'postgres'));

/** Runs commands with the setting. The server of the tests takes any password. */
async function openCommands() {
  const url = new URL(await createEmptyDatabase());
  url.password = SECRET;
  const cwd = temporaryDirectory();
  const env = { FLUX_MIRROR_DATABASE_URL: url.href, FLUX_MIRROR_DATA_DIR: join(cwd, 'data') };
  const run = (...args: string[]) =>
    runCli(args, { cwd, env: { ...env, FLUX_MIRROR_DATABASE_URL: url.href } });
  return { url, cwd, env, run };
}

test('documents are imported, found and exported again, byte for byte', async () => {
  const { cwd, run } = await openCommands();
  const file = join(cwd, 'tasks.jsonl');
  const lines = numberedIds(3).map((id) => documentText({ id, prompt: `a zebra ${id}` }));
  writeFileSync(file, `${lines.join('\n')}\n`);
  expect(await run('search', 'zebra')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('start `flux-mirror serve` once'),
  });
  expect(await run('import', file)).toMatchObject({ code: 0 });
  const found = await run('search', 'zebra', '--json');
  for (const id of numberedIds(3)) expect(found.stdout).toContain(id);
  expect((await run('export')).stdout.trim().split('\n').sort()).toEqual([...lines].sort());
  const { stdout } = await run('doctor');
  expect(stdout).toMatch(/ok settings: understood, data in the database "\w+" at [\d.]+:\d+, files in /);
  expect(stdout).toMatch(/ok database: sound, and 3 documents/);
  expect((await run('status')).stdout).toMatch(/^data {6}in the database "\w+" at /m);
});

test.each([['backup'], ['restore', 'a.db'], ['doctor', '--rebuild']])(
  '%s is about files that the mirror does not have',
  async (...args) => {
    const { run } = await openCommands();
    const { code, stderr } = await run(...args);
    expect([code, stderr]).toEqual([2, expect.stringContaining('use pg_dump')]);
  },
);

test('several servers share one database, and one that was killed is not missed', async () => {
  const { cwd, env } = await openCommands();
  const start = (at: number) =>
    startCli(['serve', '--port', '0', '--offline'], {
      env: { ...env, FLUX_MIRROR_DATA_DIR: join(cwd, `data-${at}`) },
    });
  const first = start(1);
  await watch(first)(/listens on .* and keeps its data in the database "\w+" at /);
  await watch(start(2))(/listens on/);
  const { stdout } = await runCli(['status'], { env });
  expect(stdout.match(/^server {4}ready at http:\S+ \(pid \d+\) on /gm)).toHaveLength(2);
  const listed = JSON.parse((await runCli(['status', '--json'], { env })).stdout) as { servers: object[] };
  expect(listed.servers).toMatchObject([{ status: 'ready' }, { pid: first.pid, status: 'ready' }]);
  first.kill('SIGKILL');
  await once(first, 'exit');
  await watch(start(3))(/listens on/);
});

test('the address may be in a file', async () => {
  const { url, cwd, env } = await openCommands();
  const file = join(cwd, 'url');
  writeFileSync(file, `${url.href}\n`);
  const inFile = { ...env, FLUX_MIRROR_DATABASE_URL: '', FLUX_MIRROR_DATABASE_URL_FILE: file };
  expect(
    await runCli(['import', '-'], { env, input: documentText({ id: numberedIds(1)[0] }) }),
  ).toMatchObject({
    code: 0,
  });
  const { code, stdout, stderr } = await runCli(['search', '', '--json'], { env: inFile });
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toContain(numberedIds(1)[0]);
});

test('what is wrong with the address is said in one line, without the password', async () => {
  const { url, run } = await openCommands();
  const port = url.port;
  for (const change of [
    () => {
      url.pathname = '/of-nobody';
    },
    () => {
      url.port = '1';
    },
  ]) {
    change();
    const { code, stderr } = await run('status');
    expect(code).toBe(1);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).not.toContain(SECRET);
    url.port = port;
  }
  const { code, stderr } = await runCli(['status'], {
    env: { FLUX_MIRROR_DATABASE_URL: `mysql://me:${SECRET}@host/x` },
  });
  expect([code, stderr.includes(SECRET)]).toEqual([2, false]);
  expect(stderr).toMatch(/^flux-mirror: FLUX_MIRROR_DATABASE_URL: its value can't be used/);
});
