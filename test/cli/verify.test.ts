/** `flux-mirror verify` as people and scripts use it. */

import { once } from 'node:events';
import { chmodSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { acquireExclusiveLock } from '../../src/store/sqlite/writers-lock.ts';
import { parseDocument } from '../../src/task/document.ts';
import type { TaskId } from '../../src/task/id.ts';
import { runCli, startCli, watch } from '../helpers/cli.ts';
import { archivedImage, documentText, numberedIds } from '../helpers/documents.ts';
import { requireOnMachine } from '../helpers/requirements.ts';
import { runOnTerminal } from '../helpers/terminal.ts';
import { createEngineEnv, requireSqlite } from '../helpers/test-engine.ts';
import { fillDataDir, openTestStore, temporaryDataDir, temporaryDirectory } from '../helpers/test-mirror.ts';

const [CAT, DOG, OWL] = numberedIds(3);
const CREATED_AT = 1_773_400_000;

/** A mirror of three tasks, the owl's the newest, and an upstream that has them as well. */
async function createMirror() {
  const simulator = await startSimulator({ token: 't' });
  onTestFinished(() => simulator.stop());
  const dataDir = temporaryDataDir();
  const texts = [
    documentText({ id: CAT, prompt: 'a cat', createdAt: CREATED_AT }),
    documentText({ id: DOG, prompt: 'a dog', createdAt: CREATED_AT + 1, state: 'failed' }),
    documentText({ id: OWL, prompt: 'an owl', createdAt: CREATED_AT + 2 }),
  ];
  simulator.seed(texts);
  await fillDataDir(dataDir, texts);
  const env = { ACEDATACLOUD_API_TOKEN: 't', ACEDATACLOUD_API_BASE_URL: simulator.url };
  const run = (...args: string[]) => runCli(['verify', '--data-dir', dataDir, ...args], { env });
  const runJson = async (...args: string[]) => {
    const { code, stdout } = await run(...args, '--json');
    return { code, ...(JSON.parse(stdout) as object) };
  };
  const listAsked = () => simulator.requests.flatMap(({ ids = [] }) => ids);
  return { simulator, dataDir, env, run, runJson, listAsked };
}

describe('verify', () => {
  test('ends with 0 where nothing differs', async () => {
    const { run } = await createMirror();
    expect(await run()).toEqual({
      code: 0,
      stdout: '3 tasks checked in 1 request: 3 the same, 0 changed, 0 gone, 0 not checked\n',
      stderr: '',
    });
  });

  test('ends with 1 and a table where something differs; texts of others can not control a terminal', async () => {
    const { simulator, run } = await createMirror();
    const odd = { 'odd\u001b]0;name': 1 };
    simulator.seed([
      documentText({ id: CAT, prompt: 'a \u202ecat', createdAt: CREATED_AT, more: odd }),
      documentText({ id: DOG, prompt: 'a dog', createdAt: CREATED_AT + 1, state: 'pending' }),
    ]);
    await remove(simulator.url, OWL);
    const { code, stdout } = await run();
    expect(code).toBe(1);
    expect(stdout.split('\n')).toEqual([
      `${OWL}  gone`,
      `${DOG}  changed  failed → pending`,
      '    response  {"success":false,"error":{"code":"bad_request","message":"flagged"}} → (none)',
      `${CAT}  changed`,
      '    request.prompt           "a cat" → "a  cat"',
      '    response.data[0].prompt  "a cat" → "a  cat"',
      '    ["odd\\u001b]0;name"]     (none) → 1',
      '3 tasks checked in 1 request: 0 the same, 2 changed, 1 gone, 0 not checked',
      '',
    ]);
  });

  test('prints JSON for programs', async () => {
    const { simulator, runJson } = await createMirror();
    simulator.seed([
      documentText({ id: CAT, prompt: 'a cat', createdAt: CREATED_AT, more: { cost: 1 } }),
      documentText({ id: DOG, prompt: 'a dog', createdAt: CREATED_AT + 1, state: 'failed' }).replace(
        ':',
        ' : ',
      ),
    ]);
    await remove(simulator.url, OWL);
    expect(await runJson()).toEqual({
      code: 1,
      findings: [
        { kind: 'gone', id: OWL, state: 'succeeded' },
        {
          ...{ kind: 'changed', id: CAT, state: 'succeeded', upstream_state: 'succeeded', change_count: 1 },
          changes: [{ path: 'cost', stored: null, upstream: '1' }],
        },
      ],
      ...{
        outcome: 'done',
        error: null,
        checked: 3,
        same: 0,
        other_bytes: 1,
        changed: 1,
        gone: 1,
        not_checked: 0,
      },
      ...{ requests: 1, changed_members: [{ member: 'cost', tasks: 1 }], links: null },
    });
  });

  test('names the members that differ in many tasks, and shows the first hundred of them', async () => {
    const { simulator, dataDir, run } = await createMirror();
    const ids = numberedIds(153).slice(3);
    await fillDataDir(
      dataDir,
      ids.map((id) => documentText({ id })),
    );
    simulator.seed(ids.map((id) => documentText({ id, more: { credits: [id] } })));
    const { stdout } = await run();
    const lines = stdout.trimEnd().split('\n');
    expect(lines.filter((line) => line.endsWith('changed'))).toHaveLength(100);
    expect(lines.slice(-3)).toEqual([
      'and 50 more: see --json',
      'changed most: credits (150 tasks)',
      '153 tasks checked in 4 requests: 3 the same, 150 changed, 0 gone, 0 not checked',
    ]);
  });

  test('checks the newest first, up to a limit, of finished tasks that match exactly', async () => {
    const { simulator, dataDir, run, listAsked } = await createMirror();
    const store = await openTestStore(dataDir, undefined, 'writer');
    const pending = parseDocument(documentText({ state: 'pending', prompt: 'a cat' }), 1);
    await store.storeDocuments({
      documents: [pending],
      requestSeq: await store.nextRequestSeq(),
      fetchedAtMs: 1,
    });
    await store.addPlaceholder({ ...pending, id: 'placeholder' as TaskId }, { nowMs: 1, dueAtMs: 1 });
    await store.mark([{ id: CAT, change: { hidden: true } }], { nowMs: 1 });
    await store.close();
    const check = async (...args: string[]) => {
      simulator.requests.length = 0;
      const { code, stdout, stderr } = await run(...args);
      expect([code, stdout]).toEqual([0, expect.stringContaining('0 not checked')]);
      return [listAsked(), stderr];
    };
    expect(await check('--limit', '2')).toEqual([[OWL, DOG], '']);
    expect(await check('--all')).toEqual([[OWL, DOG, CAT], '']);
    expect(await check('a', 'cat')).toEqual([[CAT], '']); // hidden, and not left out
    expect(await check('--', '-is:hidden')).toEqual([[OWL, DOG], '']);
    expect(await check('state:failed')).toEqual([[DOG], '']);
    expect(await check('state:pending')).toEqual([[], 'no finished task matches\n']);
    expect(await check('owls cat')).toEqual([[], 'no finished task matches\n']);
    expect(await check('--from', '2026-03-14', '--tz', 'UTC')).toEqual([[], 'no finished task matches\n']);
    expect(await check('rating:11')).toEqual([[], expect.stringContaining('rating')]);
  });

  test('checks links, of which only what is lost is a failure', async () => {
    const { simulator, dataDir, env } = await createMirror();
    const link = `${simulator.url}/elsewhere.png`;
    const text = documentText({
      id: CAT,
      more: { response: { success: true, data: [{ image_url: link }] } },
    });
    simulator.seed([text]);
    const folder = temporaryDataDir();
    await fillDataDir(folder, [text]);
    const allowed = { ...env, FLUX_MIRROR_IMAGE_ALLOW_HOSTS: new URL(link).host };
    const run = () => runCli(['verify', '--links', '--data-dir', folder], { env: allowed });
    expect(await run()).toEqual({
      ...{ code: 1, stderr: '' },
      stdout: [
        `${CAT}  dead link  ${link}  its host answered 404; not archived`,
        '1 task checked in 1 request: 1 the same, 0 changed, 0 gone, 0 not checked',
        '1 link checked: 0 alive, 1 dead (1 not archived), 0 unknown',
        '',
      ].join('\n'),
    });
    const store = await openTestStore(folder, undefined, 'writer');
    await store.archiveImage({ taskId: CAT, n: 0 }, archivedImage('ab'.repeat(32)), 1);
    await store.close();
    expect(await run()).toMatchObject({ code: 0, stdout: expect.stringContaining('404; archived\n') });
    // The links of the others lead to a host that does not exist.
    expect((await runCli(['verify', 'owl', '--links', '--data-dir', dataDir], { env })).code).toBe(0);
  });

  test('ends at once on a signal, with what was found so far', async () => {
    const { simulator, dataDir, env } = await createMirror();
    await remove(simulator.url, OWL);
    simulator.fault({ kind: 'hang' }, { when: ({ ids }) => ids?.includes(DOG) ?? false });
    const args = ['verify', '--json', '--batch-size', '1', '--data-dir', dataDir];
    const child = startCli(args, { env: { ...env, ...(await createEngineEnv(dataDir)) } });
    const printed = text(child.stdout);
    await expect.poll(() => simulator.requests.length, { interval: 5 }).toBe(2);
    child.kill('SIGINT');
    expect(JSON.parse(await printed)).toMatchObject({
      findings: [{ kind: 'gone', id: OWL }],
      ...{ outcome: 'stopped', error: 'stopped', checked: 1, not_checked: 0 },
    });
    expect(child.exitCode ?? (await once(child, 'exit'))[0]).toBe(1);
  });

  test('ends on a signal while it waits as long as the upstream asks', async () => {
    const { simulator, dataDir, env } = await createMirror();
    simulator.fault({ kind: 'status', status: 429, headers: { 'retry-after': '3600' } });
    const child = startCli(['verify', '--data-dir', dataDir], {
      env: { ...env, ...(await createEngineEnv(dataDir)) },
    });
    await watch(child)(/the upstream asks to wait until/);
    const ended = watch(child)(/0 tasks checked.*\nstopped: the others were not checked/);
    child.kill('SIGTERM');
    await ended;
    expect(simulator.requests).toHaveLength(1);
  });

  test('obeys a cooldown that can not be stored, because the database is being restored', async () => {
    const { simulator, dataDir, run } = await createMirror();
    const lock = acquireExclusiveLock(dataDir, Date.now());
    onTestFinished(() => lock.release());
    simulator.fault({ kind: 'status', status: 429, headers: { 'retry-after': '2' } }, { times: 1 });
    // The attempt to store it waits a second for the lock.
    expect(await run()).toMatchObject({ code: 0, stderr: expect.stringContaining('asks to wait') });
    const [first, second] = simulator.requests.map(({ at }) => at);
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(2000);
  });

  test('says why it ended early', async () => {
    const { simulator, run } = await createMirror();
    simulator.fault({ kind: 'status', status: 403, code: 'used_up' });
    const { code, stdout, stderr } = await run('--batch-size', '1');
    expect([code, stderr]).toEqual([1, 'the upstream answered 403 used_up: the check ended there\n']);
    expect(stdout).toBe(
      `${OWL}  not checked  the upstream answered 403 used_up\n0 tasks checked in 1 request: 0 the same, 0 changed, 0 gone, 1 not checked\n`,
    );
  });

  test('asks whether the token is right where the upstream knows nothing', async () => {
    const { simulator, run } = await createMirror();
    simulator.fault({ kind: 'body', body: '{"items":[],"count":0}' });
    expect(await run()).toMatchObject({
      ...{ code: 1, stderr: 'the upstream knows none of them: is the token one of the same account?\n' },
    });
  });

  test('works in a data directory that is only read, even when the upstream asks to wait', async () => {
    const { simulator, dataDir, run } = await createMirror();
    simulator.fault({ kind: 'status', status: 429, headers: { 'retry-after': '1' } }, { times: 1 });
    for (const name of readdirSync(dataDir)) chmodSync(join(dataDir, name), 0o400);
    chmodSync(dataDir, 0o500);
    onTestFinished(() => chmodSync(dataDir, 0o700));
    expect(await run()).toMatchObject({
      ...{ code: 0, stderr: expect.stringMatching(/^the upstream asks to wait until 2\S+Z\n$/) },
    });
  });

  test('shows its progress on a terminal', async (context) => {
    requireOnMachine(context, 'script');
    const { dataDir, env } = await createMirror();
    const { code, shown } = await runOnTerminal(['verify', '--data-dir', dataDir], { env });
    expect([code, shown]).toEqual([0, expect.stringMatching(/3\/3 tasks.*3 tasks checked in 1 request/s)]);
  });
});

test.each([
  [['--all', '--limit', '5'], 2, /'--all' cannot be used with option '--limit <n>'/],
  [['--limit', '0'], 2, /'--limit <n>' argument '0' is invalid. it must be a whole number from 1 to 999,999/],
  [['--limit', 'many'], 2, /'many' is invalid/],
  [['-dog'], 2, /unknown option '-dog'\n.*: flux-mirror verify -- -dog\)/],
  [['--from', 'someday'], 2, /--from: "someday" can't be used; allowed: a date/],
  [['--tz', 'Mars'], 2, /--tz: "Mars" can't be used; allowed: a time zone/],
  [['--batch-size', '51'], 2, /51/],
  [[], 1, /^flux-mirror: a check needs a token for the upstream: set ACEDATACLOUD_API_TOKEN\n$/],
  [['--offline'], 1, /^flux-mirror: a check needs the upstream, but the mirror is offline\n$/],
])('verify %j ends with %i and says why', async (args, expected, message) => {
  const { code, stdout, stderr } = await runCli(['verify', ...args, '--data-dir', temporaryDirectory()]);
  expect([code, stdout]).toEqual([expected, '']);
  expect(stderr).toMatch(message);
});

test('verify says that there is no mirror yet', async (context) => {
  requireSqlite(context);
  const args = ['verify', '--upstream-token', 't', '--data-dir', temporaryDirectory()];
  expect(await runCli(args)).toEqual({
    ...{ code: 1, stdout: '' },
    stderr: expect.stringMatching(/there is no mirror in .* yet/),
  });
});

async function remove(url: string, id: TaskId): Promise<void> {
  const headers = { authorization: 'Bearer t' };
  await fetch(`${url}/flux/tasks`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ action: 'delete', id }),
  });
}
