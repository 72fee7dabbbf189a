/** A `.env` in a downloaded folder must not take the token. */
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { runCli, startCli, watch } from '../helpers/cli.ts';
import { numberedIds } from '../helpers/documents.ts';
import { temporaryDirectory } from '../helpers/test-mirror.ts';

const SECRET = 'a-secret-token-of-the-user';

/** A folder whose `.env` names an upstream that records what it gets. */
async function openDownloadedFolder() {
  const upstream = await startSimulator({ token: SECRET });
  onTestFinished(() => upstream.stop());
  const cwd = temporaryDirectory();
  writeFileSync(join(cwd, '.env'), `ACEDATACLOUD_API_BASE_URL=${upstream.url}\n`);
  const run = (args: string[], env: Record<string, string> = {}) => runCli(args, { cwd, env });
  await run(['track', ...numberedIds(1)]);
  return { cwd, run, upstream };
}

test.each([
  ['the environment', ['sync'], { ACEDATACLOUD_API_TOKEN: SECRET }],
  ['a flag', ['sync', '--upstream-token', SECRET], {}],
  ['the environment, in a backfill', ['backfill'], { ACEDATACLOUD_API_TOKEN: SECRET }],
])('a token from %s is not sent to the upstream of a .env in the folder', async (_, args, env) => {
  const { cwd, run, upstream } = await openDownloadedFolder();
  const { stderr } = await run(args, env);
  expect(upstream.requests).toEqual([]);
  expect(stderr).toContain(
    `${join(cwd, '.env')} sets ACEDATACLOUD_API_BASE_URL: requests go to ${upstream.url}`,
  );
  expect(stderr).not.toContain(SECRET);
});

test('nor is any token of a caller, and the start says so', async () => {
  const { cwd, upstream } = await openDownloadedFolder();
  const env = { ACEDATACLOUD_API_TOKEN: SECRET, FLUX_MIRROR_PORT: '0' };
  const shown = watch(startCli(['serve'], { cwd, env }));
  await shown(/without ACEDATACLOUD_API_TOKEN, which was set elsewhere, or any other token/);
  const [, url] = await shown(/listens on (http:\S+)/);
  const post = (path: string, body: object) =>
    fetch(`${url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${SECRET}`, 'x-api-key': SECRET },
      body: JSON.stringify(body),
    });
  await post('/flux/tasks', { action: 'retrieve', id: numberedIds(1)[0] });
  await post('/flux/tasks', { action: 'retrieve_batch' });
  await post('/flux/images', { action: 'generate', prompt: 'a zebra' });
  expect(upstream.requests.length).toBeGreaterThan(0);
  expect(JSON.stringify(upstream.requests)).not.toContain(SECRET);
  const sentBefore = upstream.requests.length;
  const paid = await fetch(`${url}/flux/images`, {
    method: 'POST',
    headers: { 'x-payment': SECRET },
    body: '{"prompt":"a zebra"}',
  });
  expect(paid.status).toBe(403);
  expect(upstream.requests).toHaveLength(sentBefore);
  expect(await (await fetch(`${url}/readyz`)).text()).toContain('no token is sent there');
});

test.each([
  ['no token', '', undefined],
  ['its own token', 'ACEDATACLOUD_API_TOKEN=token-of-the-file\n', 'Bearer token-of-the-file'],
])('with %s, such a file gets neither tokens nor payments of callers', async (_, line, authorization) => {
  const { cwd, upstream } = await openDownloadedFolder();
  appendFileSync(join(cwd, '.env'), line);
  const shown = watch(startCli(['serve'], { cwd, env: { FLUX_MIRROR_PORT: '0' } }));
  await shown(/without the tokens and payments of callers/);
  const [, url] = await shown(/listens on (http:\S+)/);
  const REQUESTS: [string, object][] = [
    ['/flux/tasks', { action: 'retrieve', id: numberedIds(1)[0] }],
    ['/flux/tasks', { action: 'retrieve_batch', ids: numberedIds(2) }],
    ['/flux/tasks', { action: 'retrieve_batch' }],
    ['/flux/tasks', { action: 'delete', id: numberedIds(1)[0] }],
    ['/flux/images', { action: 'generate', prompt: 'a zebra' }],
    ['/flux/videos', { action: 'generate', prompt: 'a zebra' }],
  ];
  const post = async (headers: Record<string, string>) => {
    const answers = REQUESTS.map(([path, body]) =>
      fetch(`${url}${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${SECRET}`, 'x-api-key': SECRET, ...headers },
        body: JSON.stringify(body),
      }),
    );
    return Promise.all(answers);
  };
  await post({});
  expect(upstream.requests.length).toBeGreaterThan(0);
  expect(new Set(upstream.requests.map((sent) => sent.authorization))).toEqual(new Set([authorization]));
  const sentBefore = upstream.requests.length;
  for (const name of ['x-payment', 'payment-signature']) {
    const paid = await post({ [name]: SECRET });
    expect(paid.map(({ status }) => status)).toEqual(REQUESTS.map(() => 403));
    expect(await paid[0]?.text()).toContain('no payment is sent there');
  }
  expect(upstream.requests).toHaveLength(sentBefore);
  expect(JSON.stringify(upstream.requests)).not.toContain(SECRET);
});

test('an upstream that the environment names gets them', async () => {
  const { cwd, upstream } = await openDownloadedFolder();
  const env = { FLUX_MIRROR_PORT: '0', ACEDATACLOUD_API_BASE_URL: upstream.url };
  const [, url] = await watch(startCli(['serve'], { cwd, env }))(/listens on (http:\S+)/);
  await fetch(`${url}/flux/images`, {
    method: 'POST',
    headers: { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' },
    body: '{"prompt":"a zebra"}',
  });
  expect(upstream.requests.at(-1)).toMatchObject({ authorization: `Bearer ${SECRET}` });
});

test('what such a file says about access to a mirror with a token is told', async () => {
  const { cwd, run } = await openDownloadedFolder();
  writeFileSync(
    join(cwd, '.env'),
    'FLUX_MIRROR_IMAGE_ALLOW_HOSTS=10.0.0.1\nFLUX_MIRROR_TOKENS=known-to-others\n',
  );
  const told = `${join(cwd, '.env')} sets FLUX_MIRROR_TOKENS, FLUX_MIRROR_IMAGE_ALLOW_HOSTS of a mirror whose`;
  expect((await run(['sync'], { ACEDATACLOUD_API_TOKEN: SECRET })).stderr).toContain(told);
  expect((await run(['sync'])).stderr).not.toContain('of a mirror whose');
});

test('both in the same .env are used', async () => {
  const { cwd, run, upstream } = await openDownloadedFolder();
  writeFileSync(
    join(cwd, '.env'),
    `ACEDATACLOUD_API_BASE_URL=${upstream.url}\nACEDATACLOUD_API_TOKEN=${SECRET}\n`,
  );
  expect((await run(['sync'])).code).toBe(0);
  expect(upstream.requests.length).toBeGreaterThan(0);
});

test('a token on the command line is warned of', async () => {
  const { run } = await openDownloadedFolder();
  const warned = await run(['sync', '--upstream-token', SECRET]);
  expect(warned.stderr).toContain('--upstream-token shows the token to everyone who can list processes');
  expect((await run(['sync'], { ACEDATACLOUD_API_TOKEN: SECRET })).stderr).not.toContain('list processes');
});
