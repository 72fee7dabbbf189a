/** Asking the simulated upstream again for what is stored, over HTTP, beside a running server. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { TaskId } from '../../src/task/id.ts';
import { documentText, numberedIds } from '../helpers/documents.ts';
import { startTestMirror, type TestMirror, UPSTREAM_TOKEN } from '../helpers/test-mirror.ts';
import { checkTasks, storeTexts } from './verification.ts';

/** A mirror of `count` finished tasks that the upstream has as well. */
async function startWithTasks(count: number, settings = {}): Promise<{ here: TestMirror; ids: TaskId[] }> {
  const here = await startTestMirror(settings);
  const ids = numberedIds(count);
  await storeTexts(
    here,
    ids.map((id) => documentText({ id })),
  );
  return { here, ids };
}

const deleteUpstream = ({ simulator }: TestMirror, id: TaskId) =>
  fetch(`${simulator.url}/flux/tasks`, {
    method: 'POST',
    headers: { authorization: `Bearer ${UPSTREAM_TOKEN}` },
    body: JSON.stringify({ action: 'delete', id }),
  });

const batchesOf = ({ simulator }: TestMirror) =>
  simulator.requests.filter(({ action }) => action === 'retrieve_batch').map(({ ids }) => ids?.length);

describe('a check of stored tasks', () => {
  test('asks in full batches, half a second apart, and finds nothing where nothing differs', async () => {
    const { here, ids } = await startWithTasks(120);
    const { result, findings, progress } = await checkTasks(here, ids);
    expect(findings).toEqual([]);
    expect(result).toEqual({
      ...{ outcome: 'done', error: undefined, links: undefined },
      tasks: { checked: 120, same: 120, reformatted: 0, changed: 0, gone: 0, notChecked: 0, requests: 3 },
    });
    expect([batchesOf(here), progress]).toEqual([
      [50, 50, 20],
      [50, 100, 120],
    ]);
    const times = here.simulator.requests.map(({ at }) => at);
    expect(times.map((at) => at - (times[0] ?? 0))).toEqual([0, 500, 1000]);
  });

  test('reports what changed, by its path, and what was taken back or is gone', async () => {
    const { here, ids } = await startWithTasks(6);
    const [same, changed, pending, gone, reordered, failed] = ids as [
      TaskId,
      TaskId,
      TaskId,
      TaskId,
      TaskId,
      TaskId,
    ];
    here.simulator.seed([
      documentText({ id: changed }).replace('"seed":7', '"seed":8'),
      documentText({ id: pending, state: 'pending' }),
      JSON.stringify(
        Object.fromEntries(Object.entries(JSON.parse(documentText({ id: reordered }))).reverse()),
      ),
      documentText({ id: failed, state: 'failed' }),
    ]);
    await deleteUpstream(here, gone);
    const { result, findings } = await checkTasks(here, [same, changed, pending, gone, reordered, failed]);
    expect(findings).toMatchObject([
      {
        ...{ kind: 'changed', id: changed, state: 'succeeded', upstreamState: 'succeeded', changeCount: 1 },
        changes: [{ path: 'response.data[0].seed', stored: '7', upstream: '8' }],
      },
      {
        ...{ kind: 'changed', id: pending, state: 'succeeded', upstreamState: 'pending', changeCount: 1 },
        changes: [{ path: 'response', upstream: undefined }],
      },
      { kind: 'gone', id: gone, state: 'succeeded' },
      { kind: 'changed', id: failed, upstreamState: 'failed' },
    ]);
    expect(result.tasks).toMatchObject({
      checked: 6,
      same: 1,
      reformatted: 1,
      changed: 3,
      gone: 1,
      notChecked: 0,
    });
  });

  test('stores nothing, whatever differs', async () => {
    const { here, ids } = await startWithTasks(60);
    here.simulator.seed(ids.slice(0, 20).map((id) => documentText({ id, prompt: 'another' })));
    for (const id of ids.slice(20, 30)) await deleteUpstream(here, id);
    const hash = () =>
      ['mirror.db', 'mirror.db-wal'].map((name) =>
        createHash('sha256')
          .update(readFileSync(join(here.config.dataDir, name)))
          .digest('hex'),
      );
    const before = hash();
    const { result } = await checkTasks(here, ids);
    expect(result.tasks).toMatchObject({ changed: 20, gone: 10 });
    expect(hash()).toEqual(before);
    expect((await here.store.tracked({ limit: 1, offset: 0 })).items).toEqual([]);
  });

  test('does not report what was forgotten or refreshed meanwhile', async () => {
    const { here, ids } = await startWithTasks(2);
    const [first, second] = ids as [TaskId, TaskId];
    await deleteUpstream(here, first);
    here.simulator.fault({
      kind: 'rewrite',
      rewrite: (body) => {
        void here.store.remove(first);
        return body;
      },
    });
    const { result, findings } = await checkTasks(here, [first, second]);
    expect(findings).toEqual([]);
    expect(result.tasks).toMatchObject({ checked: 1, same: 1 });
  });
});

describe('an answer that is no use', () => {
  test('an item that is no document leaves the others checked: what is missing is asked for alone', async () => {
    const { here, ids } = await startWithTasks(4);
    const [unknown, broken, ...others] = ids as [TaskId, TaskId, TaskId, TaskId];
    // Some services answer {} for an id that they don't know.
    await deleteUpstream(here, unknown);
    here.simulator.seed([
      documentText({ id: broken, more: { deep: JSON.parse('['.repeat(80) + ']'.repeat(80)) } }),
    ]);
    here.simulator.fault(
      { kind: 'rewrite', rewrite: (body) => body.replace('"items":[', '"items":[{},') },
      { when: ({ action }) => action === 'retrieve_batch' },
    );
    const { result, findings } = await checkTasks(here, [unknown, broken, ...others]);
    expect(findings).toEqual([
      { kind: 'gone', id: unknown, state: 'succeeded' },
      {
        ...{ kind: 'not-checked', id: broken, state: 'succeeded' },
        reason: 'the answer of the upstream is not a task document',
      },
    ]);
    expect(result).toMatchObject({ outcome: 'done', tasks: { same: 2, requests: 3 } });
  });

  test('a batch that is refused for one id is halved until it is alone', async () => {
    const { here, ids } = await startWithTasks(50);
    const culprit = ids[33] as TaskId;
    here.simulator.fault({ kind: 'refuse-ids', ids: [culprit] });
    const { result, findings } = await checkTasks(here, ids);
    expect(findings).toEqual([
      {
        ...{ kind: 'not-checked', id: culprit, state: 'succeeded' },
        reason: 'the upstream answered 400 bad_request',
      },
    ]);
    expect(result).toMatchObject({ outcome: 'done', tasks: { same: 49, notChecked: 1 } });
  });

  test('a 404 for an id alone means that it is gone', async () => {
    const { here, ids } = await startWithTasks(1);
    here.simulator.fault({ kind: 'status', status: 404, code: 'not_found' });
    expect((await checkTasks(here, ids)).findings).toEqual([
      { kind: 'gone', id: ids[0], state: 'succeeded' },
    ]);
  });

  test('a batch that fails once is not checked, and the check goes on', async () => {
    const { here, ids } = await startWithTasks(70, { batchSize: '10' });
    here.simulator.fault(
      { kind: 'html', status: 400 },
      { when: ({ ids: asked }) => asked?.includes(String(ids[15])) ?? false },
    );
    here.simulator.fault(
      { kind: 'truncated-json' },
      { when: ({ ids: asked }) => asked?.includes(String(ids[35])) ?? false },
    );
    const { result, findings } = await checkTasks(here, ids);
    expect(result).toMatchObject({ outcome: 'done', tasks: { same: 59, notChecked: 11 } });
    expect(findings.map(({ id }) => id)).toEqual([ids[15], ...ids.slice(30, 40)]);
    expect(findings.at(-1)).toMatchObject({ reason: 'the answer of the upstream is not JSON' });
  });
});

describe('an upstream that fails', () => {
  test.each([
    [
      'rejects the token',
      { kind: 'status', status: 401, code: 'invalid_token' } as const,
      1,
      'the upstream answered 401 invalid_token',
    ],
    ['demands payment', { kind: 'status', status: 402 } as const, 1, 'the upstream answered 402 api_error'],
    [
      'has no such route',
      { kind: 'status', status: 404, code: 'no_api' } as const,
      3,
      'the upstream answered 404 no_api',
    ],
    ['answers no JSON', { kind: 'html', status: 200 } as const, 3, 'the answer of the upstream is not JSON'],
    [
      'fails, after two retries of each batch',
      { kind: 'status', status: 500 } as const,
      9,
      'the upstream answered 500 api_error',
    ],
  ])('ends the check: one that %s', async (_what, fault, requests, error) => {
    const { here, ids } = await startWithTasks(100, { batchSize: '10' });
    here.simulator.fault(fault);
    const { result, findings } = await checkTasks(here, ids);
    expect(result).toMatchObject({ outcome: 'failed', error, tasks: { checked: 0 } });
    expect(here.simulator.requests).toHaveLength(requests);
    expect(findings).toHaveLength(result.tasks.notChecked);
    expect(findings[0]).toEqual({ kind: 'not-checked', id: ids[0], state: 'succeeded', reason: error });
  });

  test('ends the check of a single batch, too', async () => {
    const { here, ids } = await startWithTasks(1);
    await here.simulator.stop();
    expect((await checkTasks(here, ids)).result).toMatchObject({
      ...{ outcome: 'failed', error: expect.stringContaining("the upstream can't be reached") },
    });
  });

  test('is waited for as long as it asks, and the server beside it obeys, too', async () => {
    const { here, ids } = await startWithTasks(100);
    here.simulator.fault({ kind: 'status', status: 429, headers: { 'retry-after': '60' } }, { times: 1 });
    const started = here.clock.now();
    const { result, waits } = await checkTasks(here, ids);
    expect(result).toMatchObject({ outcome: 'done', tasks: { same: 100, requests: 3 } });
    expect(waits).toEqual([started + 60_000]);
    expect(here.simulator.requests.map(({ at }) => at - started)).toEqual([0, 60_000, 60_500]);
    expect(await here.store.readCircuit(started + 1)).toMatchObject({
      ...{ reason: 'rate-limited', untilMs: started + 60_000 },
    });
  });

  test('that the server was told to leave alone is not asked before', async () => {
    const { here, ids } = await startWithTasks(1);
    const nowMs = here.clock.now();
    await here.store.openCircuit({
      reason: 'rate-limited',
      message: 'slow down',
      nowMs,
      waitMs: () => 30_000,
    });
    expect((await checkTasks(here, ids)).waits).toEqual([nowMs + 30_000]);
    expect(here.simulator.requests.map(({ at }) => at - nowMs)).toEqual([30_000]);
  });

  test('that refuses again and again is given up', async () => {
    const { here, ids } = await startWithTasks(1);
    here.simulator.fault({ kind: 'status', status: 429, headers: { 'retry-after': '10' } });
    expect((await checkTasks(here, ids)).result).toMatchObject({
      ...{ outcome: 'failed', error: 'the upstream answered 429 api_error' },
    });
    expect(here.simulator.requests).toHaveLength(5);
  });
});

test('a check that is stopped has what was found so far', async () => {
  const { here, ids } = await startWithTasks(100, { batchSize: '10' });
  here.simulator.seed(ids.map((id) => documentText({ id, prompt: 'another' })));
  const { result, findings } = await checkTasks(here, ids, { stopAfter: 15 });
  expect(result).toMatchObject({ outcome: 'stopped', error: 'stopped', tasks: { changed: 20, requests: 2 } });
  expect(findings).toHaveLength(20);
});
