/** What `sync` shows while it works, and what commands say without a token for the upstream. */
import { expect, onTestFinished, test } from 'vitest';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { runCli, startCli, watch } from '../helpers/cli.ts';
import { documentText, numberedIds } from '../helpers/documents.ts';
import { requireOnMachine } from '../helpers/requirements.ts';
import { runOnTerminal } from '../helpers/terminal.ts';
import { openTestStore, temporaryDirectory } from '../helpers/test-mirror.ts';

test('on a terminal, sync shows its progress in ids and in images', async (context) => {
  requireOnMachine(context, 'script');
  const simulator = await startSimulator({ token: 't' });
  onTestFinished(() => simulator.stop());
  const ids = numberedIds(3);
  simulator.seed(
    ids.map((id) => {
      const data = [{ image_url: `${simulator.url}/images/${id}.png` }];
      return documentText({ id, more: { response: { success: true, data } } });
    }),
  );
  const dataDir = temporaryDirectory();
  const store = await openTestStore(dataDir);
  await store.track(ids, 1);
  await store.close();
  const { code, shown } = await runOnTerminal(['sync', '--data-dir', dataDir], {
    input: '',
    env: {
      ACEDATACLOUD_API_TOKEN: 't',
      ACEDATACLOUD_API_BASE_URL: simulator.url,
      FLUX_MIRROR_IMAGE_ALLOW_HOSTS: new URL(simulator.url).host,
    },
  });
  expect([code, shown]).toEqual([
    0,
    expect.stringMatching(/3\/3 ids.*0\/3 images.*3\/3 images.*3 images archived/s),
  ]);
});

test.each([
  [['sync'], 'ACEDATACLOUD_API_TOKEN is not set: no id is refreshed, only images are fetched'],
  [['backfill'], 'flux-mirror: a backfill needs a token for the upstream: set ACEDATACLOUD_API_TOKEN'],
])('%j says first that the token for the upstream is missing', async (args, message) => {
  const { stderr } = await runCli([...args, '--data-dir', temporaryDirectory()]);
  expect(stderr.split('\n')[0]).toBe(message);
});

test('offline, no token for the upstream is needed, and none is missed', async () => {
  const { stderr } = await runCli(['sync', '--offline', '--data-dir', temporaryDirectory()]);
  expect(stderr).not.toContain('ACEDATACLOUD_API_TOKEN');
});

test('serve says before its address that the token for the upstream is missing', async () => {
  const child = startCli(['serve', '--port', '0', '--data-dir', temporaryDirectory()]);
  let stdout = '';
  child.stdout.on('data', (chunk) => {
    stdout += String(chunk);
  });
  await watch(child)(/listens on/);
  expect(stdout).toMatch(/^ACEDATACLOUD_API_TOKEN is not set: nothing is synced.*\nflux-mirror listens on/);
});
