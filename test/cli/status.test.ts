/** What `status` says, and how scripts read it. */
import { expect, onTestFinished, test } from 'vitest';
import { openMirrorStore } from '../../src/app/open-store.ts';
import { publishAddress } from '../../src/app/server-address.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import type { TaskId } from '../../src/task/id.ts';
import type { Status } from '../../src/views/status-schema.ts';
import { runCli } from '../helpers/cli.ts';
import { documentText, numberedIds } from '../helpers/documents.ts';
import { locateTestStore, requireSqlite } from '../helpers/test-engine.ts';
import { openTestStore, startTestMirror, temporaryDirectory } from '../helpers/test-mirror.ts';

const [ID = ''] = numberedIds(1);
const TOKEN = 'token-of-status';

/** A data directory with one task; commands run against a simulator that knows a picture of it. */
async function startWorkshop() {
  const simulator = await startSimulator({ token: TOKEN });
  onTestFinished(() => simulator.stop());
  const dataDir = temporaryDirectory();
  const env = {
    ACEDATACLOUD_API_BASE_URL: simulator.url,
    ACEDATACLOUD_API_TOKEN: TOKEN,
    FLUX_MIRROR_DATA_DIR: dataDir,
    FLUX_MIRROR_ARCHIVE_IMAGES: 'true',
    FLUX_MIRROR_IMAGE_ALLOW_HOSTS: new URL(simulator.url).host,
  };
  const data = [{ prompt: 'a cat', image_url: `${simulator.url}/images/${ID}.png` }];
  simulator.seed([documentText({ id: ID, prompt: 'a cat', more: { response: { success: true, data } } })]);
  const store = await openMirrorStore(await locateTestStore(dataDir), { clock: systemClock, mode: 'writer' });
  await store.track([ID as TaskId], systemClock.now());
  await store.close();
  const run = (args: string[], more: Record<string, string> = {}) =>
    runCli(args, { env: { ...env, ...more } });
  const readStatus = async () => JSON.parse((await run(['status', '--json'])).stdout) as Status;
  return { run, readStatus, dataDir };
}

test('the upstream is "not asked yet" until it has answered, and the disk includes images', async () => {
  const { run, readStatus } = await startWorkshop();
  expect((await run(['status'])).stdout).toMatch(/^upstream {2}not asked yet$/m);
  expect((await readStatus()).upstream).toMatchObject({ state: 'ok', answered_at: null });

  expect((await run(['sync'])).code).toBe(0);
  expect((await run(['status'])).stdout).toMatch(/^upstream {2}ok, last answered \d{4}-/m);
  const { upstream, images, disk_bytes, database_bytes } = await readStatus();
  expect(upstream.answered_at).toMatch(/^\d{4}-/);
  expect(images).toMatchObject({ archived: 1 });
  expect(images.bytes).toBeGreaterThan(0);
  expect(disk_bytes).toBe(database_bytes + images.bytes);
});

test('an upstream that answers with an error was asked', async () => {
  const { run } = await startWorkshop();
  await run(['sync'], { ACEDATACLOUD_API_TOKEN: 'a-wrong-one' });
  expect((await run(['status'])).stdout).toMatch(/^upstream {2}rejected: /m);
});

test('an upstream that can not be reached was asked', async () => {
  const { run } = await startWorkshop();
  await run(['sync'], { ACEDATACLOUD_API_BASE_URL: 'http://127.0.0.1:1' });
  expect((await run(['status'])).stdout).toMatch(/^upstream {2}(?:unreachable: |no answer at \d{4}-)/m);
});

test('a mirror that is offline on purpose has no problem', async () => {
  const { run } = await startWorkshop();
  const { code, stdout } = await run(['status', '--check'], { FLUX_MIRROR_OFFLINE: 'true' });
  expect([code, stdout]).toEqual([0, expect.stringContaining('offline by setting')]);
  expect(stdout).toMatch(/^callers {3}need no token$/m);
});

test('another mirror at the address of an ended server is not taken for it', async () => {
  const { run, dataDir } = await startWorkshop();
  const other = await startTestMirror();
  const store = await openTestStore(dataDir, undefined, 'writer');
  await publishAddress(store, other.mirror.url);
  await store.close();
  expect((await run(['status'])).stdout).toMatch(/^server {4}not running$/m);
});

test('a backup by command counts', async (context) => {
  requireSqlite(context);
  const { run } = await startWorkshop();
  expect((await run(['status'])).stdout).toMatch(/^backup {4}none yet/m);
  await run(['backup']);
  expect((await run(['status'])).stdout).toMatch(/^backup {4}\d{4}-\d\d-\d\dT/m);
});

test('--check exits with 1 exactly if a problem is shown', async () => {
  const { run } = await startWorkshop();
  const fine = await run(['status', '--check']);
  expect(fine).toMatchObject({ code: 0, stdout: expect.not.stringContaining('!!') });
  await run(['sync'], { ACEDATACLOUD_API_TOKEN: 'a-wrong-one' });
  const rejected = await run(['status', '--check']);
  expect(rejected).toMatchObject({ code: 1, stdout: expect.stringContaining('!!') });
  expect((await run(['status', '--check', '--json'])).code).toBe(1);
  expect((await run(['status'])).code).toBe(0);
});
