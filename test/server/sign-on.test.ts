/** Sign-on by a proxy: who it says its client is counts only from a trusted one, and for requests of the mirror's own pages. */
import { describe, expect, test } from 'vitest';
import { createToken } from '../helpers/access-token.ts';
import { startCaddy } from '../helpers/caddy.ts';
import { document } from '../helpers/documents.ts';
import { startNginx } from '../helpers/nginx.ts';
import { requireOnMachine } from '../helpers/requirements.ts';
import { startTestMirror, type TestMirror } from '../helpers/test-mirror.ts';

const ALICE = { 'remote-user': 'alice' };

/** A mirror whose proxies are on this machine, with tokens of these names. */
async function startBehindProxies(settings: Parameters<typeof startTestMirror>[0] = {}) {
  const here = await startTestMirror({
    ...{ offline: 'true', signOnHeader: 'Remote-User', trustedProxies: '127.0.0.1' },
    ...settings,
  });
  const limits = { userIds: ['user-1'], applicationIds: [] };
  await here.store.addAccessToken(createToken('alice'));
  await here.store.addAccessToken(createToken('limited', { limits }));
  await here.store.addAccessToken(createToken('reader', { isReadOnly: true }));
  await here.store.addAccessToken(createToken('gone'));
  await here.store.revokeAccessToken('gone', here.clock.now());
  await here.store.addAccessToken(createToken('over', { expiresAtMs: 1 }));
  here.clock.advance(1001);
  await here.store.storeDocuments({
    documents: [
      document({ prompt: 'mine', userId: 'user-1' }),
      document({ prompt: 'theirs', userId: 'user-2' }),
    ],
    requestSeq: await here.store.nextRequestSeq(),
    fetchedAtMs: here.clock.now(),
  });
  return here;
}

async function ask(here: TestMirror, headers: Record<string, string>, path = '/api/search', method = 'GET') {
  const answer = await here.request(path, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(method === 'GET' ? {} : { body: '{"ids":["x"]}' }),
  });
  return { status: answer.status, text: await answer.text() };
}

describe('a name from a trusted proxy', () => {
  test('has the rights of the token of that name', async () => {
    const here = await startBehindProxies();
    expect(JSON.parse((await ask(here, ALICE)).text)).toMatchObject({ total: 2 });
    expect(JSON.parse((await ask(here, { 'remote-user': 'limited' })).text)).toMatchObject({ total: 1 });
    const own = { origin: here.mirror.url };
    expect((await ask(here, { ...own, ...ALICE }, '/api/tracked', 'POST')).status).toBe(200);
    for (const name of ['limited', 'reader'])
      expect((await ask(here, { ...own, 'remote-user': name }, '/api/tracked', 'POST')).status).toBe(403);
  });

  test.each([
    ['nobody has it', 'mallory', 403, 'mallory'],
    ['of a token that was revoked', 'gone', 403, 'gone'],
    ['of a token that has expired', 'over', 403, 'over'],
    ['of the tokens of the settings', 'FLUX_MIRROR_TOKENS', 403, 'no valid token'],
    ['several at once', 'alice, bob', 403, 'alice, bob'],
    ['in other letters', 'Alice', 403, 'Alice'],
    ['none', ' ', 401, 'needs a token'],
  ])('%s', async (_what, name, status, text) => {
    const here = await startBehindProxies({ tokens: 'a-token-of-the-settings' });
    expect(await ask(here, { 'remote-user': name })).toEqual({ status, text: expect.stringContaining(text) });
  });

  test('does not replace the token that a caller presents, and what a proxy has checked is no token', async () => {
    const here = await startBehindProxies();
    const limited = { authorization: 'Bearer limited' };
    expect(JSON.parse((await ask(here, { ...ALICE, ...limited })).text)).toMatchObject({ total: 1 });
    expect((await ask(here, { ...ALICE, authorization: 'Bearer guess' })).status).toBe(401);
    expect((await ask(here, { ...ALICE, authorization: 'Basic YWxpY2U6eA==' })).status).toBe(200);
  });

  test('does not count for the requests of other pages, which browsers send with it as well', async () => {
    const here = await startBehindProxies({ allowedOrigins: 'https://other.example' });
    const other = { ...ALICE, origin: 'https://other.example' };
    expect((await ask(here, other)).status).toBe(401);
    expect((await ask(here, other, '/api/tracked', 'POST')).status).toBe(401);
    expect((await ask(here, ALICE, '/api/tracked', 'POST')).status).toBe(401);
  });

  test('ends with its token', async () => {
    const here = await startBehindProxies();
    expect((await ask(here, ALICE)).status).toBe(200);
    await here.store.revokeAccessToken('alice', here.clock.now());
    here.clock.advance(1001);
    expect((await ask(here, ALICE)).status).toBe(403);
  });

  test('is shown pages that have nothing to sign out of', async () => {
    const here = await startBehindProxies();
    const page = await ask(here, { ...ALICE, accept: 'text/html' }, '/');
    expect(page.text).toContain('"isSignedIn":false');
    const token = await ask(here, { authorization: 'Bearer alice', accept: 'text/html' }, '/');
    expect(token.text).toContain('"isSignedIn":true');
  });
});

test.each([
  ['from an address that is not trusted', { trustedProxies: '10.0.0.0/8' }],
  ['without trusted proxies', { trustedProxies: '' }],
  ['unless a header is named', { signOnHeader: '' }],
  ['in another header', { signOnHeader: 'X-User' }],
])('a name %s changes nothing', async (_what, settings) => {
  const here = await startBehindProxies(settings);
  expect((await ask(here, ALICE)).status).toBe(401);
});

test.each(['Authorization', 'Cookie', 'X-Forwarded-For', 'not a header', 'a:b'])(
  'the header can not be %s',
  async (signOnHeader) => {
    await expect(startTestMirror({ signOnHeader })).rejects.toThrow('FLUX_MIRROR_SIGN_ON_HEADER');
  },
);

describe('the recipes', () => {
  // Instead of a service that signs people on, the password of the request is checked.
  const askAs = async (url: string, user: string | undefined, claim: string) => {
    const headers = {
      'remote-user': claim,
      ...(user === undefined
        ? {}
        : { authorization: `Basic ${Buffer.from(`${user}:secret`).toString('base64')}` }),
    };
    const answer = await fetch(`${url}/api/search`, { headers });
    const text = await answer.text();
    return answer.status === 200 ? (JSON.parse(text) as { total: number }).total : answer.status;
  };

  const expectReplacedHeader = async (url: string) => {
    expect(await askAs(url, 'limited', 'alice')).toBe(1);
    expect(await askAs(url, undefined, 'alice')).toBe(401);
  };

  test.for(['', '/sub'])(
    'of nginx: a header of the client is replaced (below "%s")',
    async (basePath, context) => {
      requireOnMachine(context, 'nginx');
      const here = await startBehindProxies(basePath === '' ? {} : { basePath });
      const { origin } = new URL(here.mirror.url);
      const url = await startNginx(`location ${basePath}/ {
      set $signed_on ""; if ($http_authorization ~ "^Basic bGltaXRlZDpzZWNyZXQ=$") { set $signed_on limited; }
      proxy_set_header Remote-User $signed_on; proxy_set_header Host $http_host; proxy_pass ${origin}; }`);
      await expectReplacedHeader(`${url}${basePath}`);
    },
  );

  test.for(['', '/sub'])(
    'of Caddy: a header of the client is replaced (below "%s")',
    async (basePath, context) => {
      requireOnMachine(context, 'caddy');
      const here = await startBehindProxies(basePath === '' ? {} : { basePath });
      const { host } = new URL(here.mirror.url);
      // "secret", hashed.
      const url = await startCaddy(`
        handle ${basePath}/* {
          basicauth {
            limited $2a$14$itClCPDdLtek9zpktfbjsObjr.HuXHzg9lIaaQQolIDbeP7P0uNLO
          }
          reverse_proxy ${host} {
            header_up Remote-User {http.auth.user.id}
          }
        }`);
      await expectReplacedHeader(`${url}${basePath}`);
    },
  );
});
