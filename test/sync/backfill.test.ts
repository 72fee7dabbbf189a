import { once } from 'node:events';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openMirrorStore } from '../../src/app/open-store.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import { runCli, startCli } from '../helpers/cli.ts';
import { documentText, numberedIds } from '../helpers/documents.ts';
import { createEngineEnv, locateTestStore } from '../helpers/test-engine.ts';
import { startTestMirror, temporaryDirectory, UPSTREAM_TOKEN } from '../helpers/test-mirror.ts';

const OTHER_USER = 'ad7afe47-0000-4cda-980f-2ad8810e51cf';

async function account(): Promise<{
  simulator: Simulator;
  dataDir: string;
  backfill: string[];
  env: Record<string, string>;
}> {
  const simulator = await startSimulator({ token: UPSTREAM_TOKEN });
  onTestFinished(() => simulator.stop());
  const dataDir = temporaryDirectory();
  const env = {
    ...(await createEngineEnv(dataDir)),
    ...{ ACEDATACLOUD_API_TOKEN: UPSTREAM_TOKEN, ACEDATACLOUD_API_BASE_URL: simulator.url },
  };
  return { simulator, dataDir, backfill: ['backfill', '--json', '--data-dir', dataDir], env };
}

async function storedIn(dataDir: string) {
  const store = await openMirrorStore(await locateTestStore(dataDir), { clock: systemClock, mode: 'reader' });
  onTestFinished(async () => store.close());
  return store;
}

describe('flux-mirror backfill', () => {
  test('stores 10,000 tasks and 200 that arrive meanwhile once each, killed twice', async () => {
    const { simulator, dataDir, backfill, env } = await account();
    const then = Date.now() - 90 * 86_400_000;
    const ids = numberedIds(10_000);
    // Every third second of the past has a task; one second has 500.
    simulator.seed(
      ids.map((id, at) =>
        documentText({ id, prompt: `task ${at}`, createdAt: then / 1000 + (at < 500 ? 0 : at * 3) }),
      ),
    );
    const arrived: string[] = [];
    simulator.fault({
      kind: 'rewrite',
      rewrite: (body) => {
        for (let n = 0; n < 2 && arrived.length < 200; n += 1)
          arrived.push(
            simulator.addTask({ prompt: `new ${arrived.length}`, durationMs: 0, userId: 'user-1' }),
          );
        return body;
      },
    });
    for (const requests of [25, 60]) {
      const child = startCli(backfill, { env });
      await expect
        .poll(() => simulator.requests.length, { interval: 2, timeout: 45_000 })
        .toBeGreaterThan(requests);
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    const last = await runCli(backfill, { env });
    expect(last).toMatchObject({ code: 0 });
    expect(arrived).toHaveLength(200);
    // Starting over each time would take 100 pages a run; a kill costs one or two.
    expect(simulator.requests.length).toBeLessThan(125);

    const store = await storedIn(dataDir);
    expect((await store.stats(0)).total).toBe(10_200);
    const found = new Set<string>();
    for await (const page of store.stream()) for (const { id } of page) found.add(id);
    expect([...ids, ...arrived].filter((id) => !found.has(id))).toEqual([]);

    const before = simulator.requests.length;
    expect(JSON.parse((await runCli(backfill, { env })).stdout)).toMatchObject({ outcome: 'done', new: 0 });
    expect(simulator.requests.length - before).toBeLessThanOrEqual(4);
  }, 60_000);

  test('waits as the upstream asks, stops when rejected, and resumes where it stopped', async () => {
    const { simulator, dataDir, backfill, env } = await account();
    simulator.seed(numberedIds(350).map((id, at) => documentText({ id, createdAt: 1_700_000_000 + at })));
    simulator.fault({ kind: 'status', status: 429, headers: { 'retry-after': '1' } }, { times: 1 });
    const stopAfter = simulator.requests.length + 3;
    simulator.fault(
      { kind: 'status', status: 401, code: 'invalid_token' },
      { when: () => simulator.requests.length > stopAfter },
    );
    const refused = await runCli(backfill, { env });
    expect(refused.code).toBe(1);
    expect(JSON.parse(refused.stdout)).toMatchObject({ outcome: 'failed', new: 199 });
    expect(refused.stderr).toContain('the upstream asks to wait until');
    expect(refused.stderr).toContain('the upstream answered 401 invalid_token');
    expect(refused.stderr).toContain('run it again to continue');
    const [limited, next] = simulator.requests;
    expect((next?.at ?? 0) - (limited?.at ?? 0)).toBeGreaterThanOrEqual(1000);

    simulator.clearFaults();
    expect(JSON.parse((await runCli(backfill, { env })).stdout)).toMatchObject({ outcome: 'done', new: 151 });
    expect((await (await storedIn(dataDir)).stats(0)).total).toBe(350);
  });

  test('uses the ids of the settings, or of the stored documents; a rejected one does not stop the others', async () => {
    const { simulator, dataDir, backfill, env } = await account();
    const [mine, theirs] = numberedIds(2);
    simulator.seed([documentText({ id: mine }), documentText({ id: theirs, userId: OTHER_USER })]);
    const asked = () =>
      simulator.requests.map(({ body }) => (JSON.parse(body) as { user_id?: string }).user_id);

    await runCli([...backfill, '--user-id', 'user-1'], { env });
    expect(asked()).toEqual(['user-1']);
    expect((await (await storedIn(dataDir)).stats(0)).total).toBe(1);

    simulator.fault(
      { kind: 'status', status: 403, code: 'token_mismatched' },
      { when: ({ body }) => body.includes('user-1') },
    );
    const both = await runCli([...backfill, '--user-id', `user-1,${OTHER_USER}`], { env });
    expect(both.code).toBe(1);
    expect(both.stderr).toContain('user user-1: the upstream answered 403 token_mismatched');
    expect((await (await storedIn(dataDir)).stats(0)).total).toBe(2);

    simulator.clearFaults();
    simulator.requests.length = 0;
    expect((await runCli(backfill, { env })).code).toBe(0);
    expect(asked()).toEqual([OTHER_USER, 'user-1']);
  });

  test.each([
    [{ ACEDATACLOUD_API_TOKEN: '' }, 'a backfill needs a token'],
    [{ FLUX_MIRROR_OFFLINE: 'true' }, 'the mirror is offline'],
  ])('%o is rejected in one line', async (changed, message) => {
    const { backfill, env, simulator } = await account();
    const { code, stderr } = await runCli(backfill, { env: { ...env, ...changed } });
    expect([code, stderr.trim().split('\n').length]).toEqual([1, 1]);
    expect(stderr).toContain(message);
    expect(simulator.requests).toEqual([]);
  });

  test('forgotten tasks do not return', async () => {
    const { simulator, dataDir, backfill, env } = await account();
    const [id] = numberedIds(1);
    simulator.seed([documentText({ id })]);
    await runCli(backfill, { env });
    await runCli(['forget', id, '--data-dir', dataDir]);
    await runCli([...backfill, '--restart'], { env });
    expect((await (await storedIn(dataDir)).stats(0)).total).toBe(0);
  });
});

describe('discovery', () => {
  const sync = ({ mirror }: Awaited<ReturnType<typeof startTestMirror>>) =>
    mirror.runner.run({ trigger: 'schedule' });

  test('finds tasks that were created elsewhere, and refreshes unfinished ones', async () => {
    const here = await startTestMirror({ discover: 'on' });
    expect(await sync(here)).toMatchObject({ counts: { discovered: 0, requests: 1 } });
    expect(await here.store.runs(5)).toEqual([]);
    const id = here.simulator.addTask({ prompt: 'made elsewhere' });
    expect(await sync(here)).toMatchObject({ counts: { discovered: 1 } });
    expect(await here.store.runs(5)).toMatchObject([{ counts: { discovered: 1 } }]);
    here.clock.advance(10_000);
    expect(await sync(here)).toMatchObject({ counts: { discovered: 0 } });
    expect((await here.store.getMany([id as never]))[0]?.state).toBe('succeeded');
  });

  test('catches up after a night', async () => {
    const here = await startTestMirror({ discover: 'on' });
    here.simulator.seed(
      numberedIds(450).map((id, at) => documentText({ id, createdAt: 1_700_000_000 + at })),
    );
    expect(await sync(here)).toMatchObject({ counts: { discovered: 450, requests: 5 } });
    expect(await sync(here)).toMatchObject({ counts: { discovered: 0, requests: 1 } });
  });

  test('respects Retry-After, and its failure does not affect the sync run', async () => {
    const here = await startTestMirror({ discover: 'on' });
    const [id] = numberedIds(1);
    here.simulator.seed([documentText({ id })]);
    await here.store.track([id], here.clock.now());
    const isList = ({ body }: { body: string }) => !body.includes('"ids"');
    here.simulator.fault({ kind: 'status', status: 500 }, { when: isList });
    expect(await sync(here)).toMatchObject({ outcome: 'done', counts: { discovered: 0, finished: 1 } });
    here.simulator.clearFaults();
    here.simulator.fault({ kind: 'status', status: 429, headers: { 'retry-after': '7' } }, { when: isList });
    await sync(here);
    const requests = here.simulator.requests.length;
    here.clock.advance(6000);
    await sync(here);
    expect(here.simulator.requests).toHaveLength(requests);
    here.clock.advance(2000);
    await sync(here);
    expect(here.simulator.requests.length).toBeGreaterThan(requests);
  });

  test('a Retry-After of any failed request applies to the run that follows', async () => {
    const here = await startTestMirror({ discover: 'on' });
    const [id] = numberedIds(1);
    here.simulator.seed([documentText({ id })]);
    await here.store.track([id], here.clock.now());
    here.simulator.fault({ kind: 'status', status: 503, headers: { 'retry-after': '600' } }, { times: 1 });
    expect(await sync(here)).toMatchObject({ outcome: 'rate-limited' });
    expect(here.simulator.requests).toHaveLength(1);
    here.clock.advance(600_000);
    expect(await sync(here)).toMatchObject({ outcome: 'done', counts: { discovered: 1 } });
  });

  test('is off by default', async () => {
    const here = await startTestMirror();
    await sync(here);
    expect(here.simulator.requests).toEqual([]);
  });
});
