/** Webhooks on the command line, beside a running server. */
import { describe, expect, test } from 'vitest';
import { MAX_TEST_MESSAGES } from '../../src/store/contract/webhooks.ts';
import { runCli } from '../helpers/cli.ts';
import { startTestMirror, temporaryDirectory } from '../helpers/test-mirror.ts';
import { startReceiver } from '../helpers/webhook-receiver.ts';

async function startWatched() {
  const receiver = await startReceiver();
  const here = await startTestMirror({ imageAllowHosts: receiver.host });
  const run = (...args: string[]) => runCli([...args, '--data-dir', here.config.dataDir]);
  const runJson = async (...args: string[]) => JSON.parse((await run(...args, '--json')).stdout) as never;
  await run('saved', 'add', 'Cats', 'cat');
  return { here, receiver, run, runJson };
}

describe('webhook', () => {
  test('is added with its secret, listed, tested, repeated and removed', async () => {
    const { here, receiver, run, runJson } = await startWatched();
    const added = await run('webhook', 'add', receiver.url, '--search', 'cats');
    expect(added).toMatchObject({ code: 0, stdout: expect.stringMatching(/^whsec_\S{44}\n$/) });
    const [{ id } = { id: '' }] = await here.store.webhooks();
    expect((await run('webhook')).stdout).toBe(`${id}\tsearch Cats\t${receiver.url}\n`);
    expect(await runJson('webhook', 'list')).toMatchObject({
      items: [{ id, secret: added.stdout.trim(), saved_search: { name: 'Cats' } }],
    });

    const tested = await run('webhook', 'test', id.slice(0, 8));
    const [, message = ''] = /^(msg_\S+) is queued\n$/.exec(tested.stdout) ?? [];
    await here.mirror.webhooks.run();
    here.clock.advance(1_000_000_000_000); // the command has the time of this machine
    await here.mirror.webhooks.run();
    await expect.poll(() => receiver.messages.map((one) => one.id)).toEqual([message]);
    await expect
      .poll(() => run('webhook', 'deliveries', id).then(({ stdout }) => stdout))
      .toMatch(/\tmsg_\S+\ttest\t-\tdelivered \S+\t1 attempt\t$/m);
    expect((await run('webhook', 'repeat', id, message)).stdout).toBe(`${message} is queued\n`);
    await here.mirror.webhooks.run();
    await expect.poll(() => receiver.messages).toHaveLength(2);
    expect((await run('webhook', 'remove', id)).stdout).toBe(`${id} is removed\n`);
    expect(await here.store.webhooks()).toEqual([]);
  });

  test('is tested so many times an hour, and shows what it was told page by page', async () => {
    const { here, receiver, run, runJson } = await startWatched();
    await run('webhook', 'add', receiver.url, '--search', 'cats');
    const [{ id } = { id: '' }] = await here.store.webhooks();
    for (let at = 0; at < MAX_TEST_MESSAGES; at += 1) await here.store.addTestMessage(id, Date.now());
    expect(await run('webhook', 'test', id)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/30 test messages within an hour; try again after 20/),
    });
    const first = await run('webhook', 'deliveries', id, '--limit', '29');
    const [, cursor = ''] = /--cursor (\S+)/.exec(first.stderr) ?? [];
    expect(await runJson('webhook', 'deliveries', id, '--cursor', cursor)).toMatchObject({
      ...{ items: [{ type: 'test' }], next_cursor: null },
    });
    expect((await run('webhook', 'deliveries', id, '--cursor', 'x')).code).toBe(2);
  });

  test('of health needs no search', async () => {
    const { run, runJson } = await startWatched();
    expect((await run('webhook', 'add', 'https://example.com/', '--health')).code).toBe(0);
    expect(await runJson('webhook')).toMatchObject({ items: [{ saved_search: null }] });
    expect((await run('webhook')).stdout).toContain('\thealth\t');
  });
});

test.each([
  [['add', 'https://example.com/'], 2, /--search or by --health/],
  [['add', 'https://example.com/', '--health', '--search', 'x'], 2, /--search or by --health/],
  [['add', 'example.com', '--health'], 2, /whole URL/],
  [['add', 'https://example.com/', '--search', 'none'], 1, /no saved search "none"/],
  [['remove', 'none'], 1, /no webhook "none"/],
  [['test', ''], 1, /no webhook ""/],
  [['deliveries', 'none'], 1, /no webhook/],
])('webhook %j fails with %i', async (args, code, message) => {
  const dataDir = temporaryDirectory();
  await runCli(['saved', 'add', 'cats', 'cat', '--data-dir', dataDir]);
  expect(await runCli(['webhook', ...args, '--data-dir', dataDir])).toMatchObject({
    code,
    stderr: expect.stringMatching(message),
  });
});
