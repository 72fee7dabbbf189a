/** Sessions of browsers: a token becomes a cookie. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SESSION_MS } from '../../src/server/auth/sessions.ts';
import { addToken } from '../helpers/access-token.ts';
import { documentText, numberedIds } from '../helpers/documents.ts';
import { sendRaw } from '../helpers/raw-request.ts';
import { startTestMirror, type TestMirror } from '../helpers/test-mirror.ts';

const [MINE, THEIRS] = numberedIds(2);
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

type Headers = Record<string, string>;

/** A mirror with a task each of two users. */
async function sharedMirror(settings = {}): Promise<TestMirror> {
  const here = await startTestMirror(settings);
  here.simulator.seed([
    documentText({ id: MINE, userId: 'me' }),
    documentText({ id: THEIRS, userId: 'somebody' }),
  ]);
  return here;
}

function signIn(here: TestMirror, token: string, headers: Headers = {}): Promise<Response> {
  return here.request('/sign-in', { method: 'POST', headers, body: JSON.stringify({ token }) });
}

function sendForm(
  here: TestMirror,
  path: string,
  fields: Record<string, string>,
  headers: Headers = {},
): Promise<Response> {
  const body = new URLSearchParams(fields).toString();
  return here.request(path, { method: 'POST', headers: { ...FORM, ...headers }, body, redirect: 'manual' });
}

/** What a browser sends back of the cookies of a response. */
function cookieOf(response: Response): string {
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0] ?? '')
    .join('; ');
}

const ofPage = (here: TestMirror) => ({ origin: new URL(here.mirror.url).origin });

/** Presents the session of a page of the mirror's own. */
async function session(here: TestMirror, { authorization }: { authorization: string }) {
  const cookie = cookieOf(await signIn(here, authorization.slice('Bearer '.length)));
  return { cookie, ...ofPage(here) };
}

async function statusOf(answer: Promise<Response>): Promise<number> {
  const { status, body } = await answer;
  await body?.cancel();
  return status;
}

describe('signing in', () => {
  test('turns a valid token into a cookie that authorises the pages of the mirror', async () => {
    const here = await sharedMirror();
    const { authorization } = await addToken(here);
    const answer = await signIn(here, authorization.slice('Bearer '.length));
    expect([answer.status, await answer.json()]).toEqual([200, { ok: true }]);
    expect(answer.headers.get('set-cookie')).toMatch(
      new RegExp(
        `^flux_mirror_[0-9a-f]{8}=[\\w-]+; Max-Age=${SESSION_MS / 1000}; Path=/; HttpOnly; SameSite=Strict$`,
      ),
    );
    const cookie = cookieOf(answer);
    expect(await statusOf(here.get('/api/stats', { cookie }))).toBe(200);
    expect(await statusOf(here.get('/api/stats', { cookie: `theme=dark; ${cookie}; x=y` }))).toBe(200);
    expect(await statusOf(here.get('/api/stats'))).toBe(401);
    expect(await statusOf(here.post({ id: MINE }, { cookie, ...ofPage(here) }))).toBe(200);
    // Without Origin, the fast path answers.
    expect(await statusOf(here.post({ id: MINE }, { cookie, 'sec-fetch-site': 'same-origin' }))).toBe(200);
    expect(await statusOf(here.post({ id: MINE }, { cookie }))).toBe(401);
  });

  test('makes cookies that reveal the token neither by themselves nor in the database', async () => {
    const here = await sharedMirror();
    const { authorization } = await addToken(here);
    const token = authorization.slice('Bearer '.length);
    const [first, second] = [cookieOf(await signIn(here, token)), cookieOf(await signIn(here, token))];
    expect(first).not.toBe(second);
    const value = Buffer.from(first.split('=')[1] ?? '', 'base64url');
    expect(value.includes(token)).toBe(false);
    expect(here.log()).not.toContain(token);
    expect(here.log()).not.toContain(first.split('=')[1]);
    const { dataDir } = here.config;
    await here.mirror.stop();
    for (const name of readdirSync(dataDir).filter((name) => name.startsWith('mirror.db')))
      expect(readFileSync(join(dataDir, name)).includes(token), name).toBe(false);
  });

  test('lasts over a restart, and ends after thirty days', async () => {
    const here = await sharedMirror();
    const { cookie } = await session(here, await addToken(here));
    const headers = { cookie };
    await here.restart();
    expect(await statusOf(here.get('/api/stats', headers))).toBe(200);
    here.clock.advance(SESSION_MS - 5000);
    expect(await statusOf(here.get('/api/stats', headers))).toBe(200);
    here.clock.advance(5000);
    expect(await statusOf(here.get('/api/stats', headers))).toBe(401);
  });

  test('ends within a second when the token is revoked, and when it expires', async () => {
    const here = await sharedMirror();
    const kept = await session(here, await addToken(here));
    const headers = await session(here, await addToken(here));
    const expiring = await addToken(here, { expiresAtMs: here.clock.now() + 60_000 });
    const answer = await signIn(here, expiring.authorization.slice('Bearer '.length));
    expect(answer.headers.get('set-cookie')).toContain('Max-Age=58;');
    const short = { cookie: cookieOf(answer) };
    const [, token] = await here.store.accessTokens();
    await here.store.revokeAccessToken(token?.name ?? '', here.clock.now());
    here.clock.advance(1001);
    expect(await statusOf(here.get('/api/stats', headers))).toBe(401);
    expect(await statusOf(here.get('/api/stats', kept))).toBe(200);
    expect(await statusOf(here.get('/api/stats', short))).toBe(200);
    here.clock.advance(60_000);
    expect(await statusOf(here.get('/api/stats', short))).toBe(401);
    // It is no guess: a page with an ended session asks for sixty images at once.
    for (let times = 0; times < 20; times += 1) await statusOf(here.get('/api/stats', headers));
    expect(here.clock.sleeps).toEqual([]);
  });

  test('gives what the token gives: its tasks only, or only reading', async () => {
    const here = await sharedMirror();
    await here.post({ action: 'retrieve_batch', ids: [MINE, THEIRS] });
    const limited = await session(here, await addToken(here, { limits: { userIds: ['me'] } }));
    expect(await statusOf(here.get(`/api/tasks/${MINE}`, limited))).toBe(200);
    expect(await statusOf(here.get(`/api/tasks/${THEIRS}`, limited))).toBe(404);
    expect(await statusOf(here.get('/api/stats', limited))).toBe(403);
    const reading = await session(here, await addToken(here, { isReadOnly: true }));
    expect(await statusOf(here.post({ id: MINE }, reading))).toBe(200);
    expect(await statusOf(here.post({ action: 'delete', id: MINE }, reading))).toBe(403);
    expect(await statusOf(here.request('/api/sync', { method: 'POST', headers: reading }))).toBe(403);
    expect(await statusOf(here.request('/sign-out', { method: 'POST', headers: reading }))).toBe(200);
  });

  test('works with tokens of the settings, which are never sent upstream', async () => {
    const here = await sharedMirror({ tokens: 'secret-one', upstreamToken: '' });
    const headers = await session(here, { authorization: 'Bearer secret-one' });
    await statusOf(here.post({ id: MINE }, headers));
    expect(here.simulator.requests.map(({ authorization }) => authorization)).toEqual([undefined]);
    await here.restart({ tokens: 'secret-two' });
    expect(await statusOf(here.get('/api/stats', { cookie: headers.cookie }))).toBe(401);
  });

  test('needs no cookie where no token is required, and an old one does no harm there', async () => {
    const here = await sharedMirror();
    const answer = await signIn(here, 'anything');
    expect([answer.status, answer.headers.get('set-cookie')]).toEqual([200, null]);
    const headers = await session(here, await addToken(here, { limits: { userIds: ['me'] } }));
    await here.store.dropTokenRequirement();
    here.clock.advance(1001);
    expect(await statusOf(here.get('/api/stats', headers))).toBe(200);
  });

  test('a token in the header counts before the cookie', async () => {
    const here = await sharedMirror();
    const headers = await session(here, await addToken(here));
    const limited = await addToken(here, { limits: { userIds: ['me'] } });
    expect(await statusOf(here.get('/api/stats', { ...headers, ...limited }))).toBe(403);
    expect(await statusOf(here.get('/api/stats', { ...headers, authorization: 'Bearer guess' }))).toBe(401);
    expect(await statusOf(here.get('/api/stats', { ...headers, authorization: ' ' }))).toBe(200);
  });

  test('a forged, altered or foreign cookie is none', async () => {
    const here = await sharedMirror();
    const { cookie } = await session(here, await addToken(here));
    const other = await sharedMirror();
    const foreign = await session(other, await addToken(other));
    const [name, value = ''] = cookie.split('=');
    const forged = [
      `${name}=`,
      `${name}=x`,
      `${name}=${'A'.repeat(200)}`,
      `${name}=${value.slice(0, -2)}`,
      `${name}=${value}AAAA`,
      `${name}=${value.startsWith('A') ? 'B' : 'A'}${value.slice(1)}`,
      `${name}x=${value}`,
      `${name}=${foreign.cookie.split('=')[1]}`,
      foreign.cookie,
    ];
    for (const wrong of forged)
      expect(await statusOf(here.get('/api/stats', { cookie: wrong })), wrong).toBe(401);
    // Two mirrors on one machine don't take each other's cookies away.
    expect(await statusOf(here.get('/api/stats', { cookie: `${foreign.cookie}; ${cookie}` }))).toBe(200);
  });

  test('what a session sees is not for shared caches', async () => {
    const here = await sharedMirror();
    await here.post({ id: MINE });
    const headers = await session(here, await addToken(here));
    const control = async (path: string) => (await here.get(path, headers)).headers.get('cache-control');
    expect(await control('/api/search?q=cat')).toBe('private');
    expect(await control(`/api/tasks/${MINE}`)).toBe('private, no-cache');
  });
});

describe('the sign-in form', () => {
  test('leads to the page that was asked for, and back when the token is wrong', async () => {
    const here = await sharedMirror({ tokens: 'secret-one', basePath: '/sub' });
    const target = async (fields: Record<string, string>) => {
      const answer = await sendForm(here, '/sign-in', fields);
      expect(answer.status).toBe(303);
      const location = answer.headers.get('location') ?? '';
      return { location, reached: new URL(location, `${here.mirror.url}/sign-in`).href };
    };
    const home = `${here.mirror.url}/`;
    expect((await target({ token: 'secret-one' })).reached).toBe(home);
    for (const [next, reached] of [
      ['./?q=a%20cat&sort=oldest', `${home}?q=a%20cat&sort=oldest`],
      ['?task=1#x', `${home}?task=1#x`],
      ['status', `${home}status`],
      ['/sub/status', `${home}status`],
      ['http://mirror.invalid/sub/status', `${home}status`],
    ] as const)
      expect((await target({ token: 'secret-one', next })).reached).toBe(reached);
    for (const next of [
      ...[
        'https://evil.example/',
        '//evil.example',
        '\\\\evil.example',
        '/\\evil.example',
        '/',
        '/other',
        '..',
      ],
      ...[
        '/sub/../other',
        'javascript:alert(1)',
        'data:text/html,x',
        '/subway',
        '\t//evil.example',
        'http://[',
        '',
      ],
      ...['http://u@mirror.invalid/sub/', 'https://mirror.invalid/sub/'],
    ])
      expect((await target({ token: 'secret-one', next })).reached, next).toBe(home);
    expect((await target({ token: 'guess', next: 'status' })).location).toBe(
      './sign-in?error=invalid_token&next=.%2Fstatus',
    );
    expect((await target({ token: '' })).location).toBe('./sign-in?error=no_token');
  });

  test('sets the cookie for the base path only', async () => {
    const here = await sharedMirror({ tokens: 'secret-one', basePath: '/sub' });
    const answer = await sendForm(here, '/sign-in', { token: ' secret-one ' });
    expect(answer.headers.get('set-cookie')).toContain('; Path=/sub;');
    expect(await statusOf(here.get('/api/stats', { cookie: cookieOf(answer) }))).toBe(200);
  });

  test('marks the cookie as secure where a trusted proxy received the request over TLS', async () => {
    const here = await sharedMirror({ tokens: 'secret-one', trustedProxies: '127.0.0.1' });
    const cookie = async (headers: Headers, path = '/sign-in') =>
      (await sendForm(here, path, { token: 'secret-one' }, headers)).headers.get('set-cookie');
    expect(await cookie({ 'x-forwarded-proto': 'https' })).toMatch(/; Secure/);
    expect(await cookie({ 'x-forwarded-proto': 'https' }, '/sign-out')).toMatch(/; Secure/);
    expect(await cookie({})).not.toMatch(/Secure/);
    await here.restart({ trustedProxies: '' });
    expect(await cookie({ 'x-forwarded-proto': 'https' })).not.toMatch(/Secure/);
  });

  const BODIES = [
    ['multipart/form-data; boundary=x', '--x', 415],
    ['application/json', '[]', 400],
    ['application/json', '{"token":{"a":1}}', 400],
    ['application/json', `{"token":"${'x'.repeat(2001)}"}`, 400],
    ['application/x-www-form-urlencoded', 'a&'.repeat(30_000), 400],
    ['application/x-www-form-urlencoded', `token=${'x'.repeat(1024 * 1024)}`, 413],
    ['application/json', '{}', 401],
    ['application/json', '{"token":null}', 401],
    ['text/plain', '{"token":"secret-one"}', 200],
    ['application/x-www-form-urlencoded', '{"token":"secret-one"}', 200],
  ] as const;
  const shown = BODIES.map(([type, body, status]) => [type, body.slice(0, 40), status, body] as const);
  test.each(shown)('%s %s: %i', async (type, _, status, body) => {
    const here = await sharedMirror({ tokens: 'secret-one' });
    const headers = { 'content-type': type };
    expect(await statusOf(here.request('/sign-in', { method: 'POST', headers, body }))).toBe(status);
  });

  test('throttles wrong tokens together with those in headers', async () => {
    const here = await sharedMirror({ tokens: 'secret-one' });
    for (let tries = 0; tries < 5; tries += 1) {
      await statusOf(signIn(here, 'guess'));
      await statusOf(here.get('/api/stats', { authorization: 'Bearer guess' }));
    }
    expect(here.clock.sleeps).toEqual([]);
    await statusOf(sendForm(here, '/sign-in', { token: 'guess' }));
    expect(here.clock.sleeps).toEqual([1000]);
    expect(await statusOf(signIn(here, 'secret-one'))).toBe(200);
    expect(here.clock.sleeps).toEqual([1000]);
    expect(here.log()).not.toContain('guess"');
  });
});

describe('signing out', () => {
  test('removes the cookie, with or without a valid session', async () => {
    const here = await sharedMirror();
    const headers = await session(here, await addToken(here));
    const [name] = headers.cookie.split('=');
    const removed = `${name}=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict`;
    const answer = await sendForm(here, '/sign-out', {}, headers);
    expect([answer.status, answer.headers.get('location')]).toEqual([303, './']);
    expect(answer.headers.get('set-cookie')).toBe(removed);
    const again = await here.request('/sign-out', { method: 'POST' });
    expect([await again.json(), again.headers.get('set-cookie')]).toEqual([{ ok: true }, removed]);
  });
});

describe('a request of another site', () => {
  /** What a browser sends along with a form or a script of another page. */
  const FOREIGN: Record<string, Headers> = {
    'another site': { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
    'another port of this machine': { origin: 'http://localhost:3000', 'sec-fetch-site': 'same-site' },
    'a sandboxed frame': { origin: 'null' },
    'a browser that hides the origin': { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'navigate' },
  };
  const CHANGES: [string, string, unknown][] = [
    ['POST', '/flux/tasks', { action: 'delete', id: MINE }],
    ['POST', '/flux/images', { action: 'generate', prompt: 'x', model: 'flux-dev' }],
    ['POST', '/flux/videos', { action: 'generate', prompt: 'x', model: 'flux-3' }],
    ['POST', '/api/sync', {}],
    ['POST', '/api/forget', { ids: [MINE] }],
    ['POST', '/api/download', { ids: [MINE] }],
    ['POST', '/api/tracked', { ids: [MINE] }],
    ['DELETE', `/api/tracked/${MINE}`, undefined],
    ['POST', `/api/tasks/${MINE}/refresh`, {}],
    ['POST', '/sign-out', {}],
    ['POST', '/sign-in', { token: 'secret-one' }],
  ];

  test.each(Object.entries(FOREIGN))('changes nothing with the cookie: %s', async (_, foreign) => {
    const here = await sharedMirror({ tokens: 'secret-one' });
    const { cookie } = await session(here, { authorization: 'Bearer secret-one' });
    for (const [method, path, body] of CHANGES) {
      const init = {
        method,
        headers: { cookie, ...foreign },
        ...(body ? { body: JSON.stringify(body) } : {}),
      };
      const answer = await here.request(path, init);
      expect([path, answer.status, answer.headers.get('set-cookie')]).toEqual([path, 403, null]);
      await answer.body?.cancel();
    }
    expect(here.simulator.requests).toEqual([]);
  });

  test('can’t use the cookie from an allowed origin either, which has to present a token', async () => {
    const origin = 'https://app.example';
    const here = await sharedMirror({ tokens: 'secret-one', allowedOrigins: origin });
    const { cookie } = await session(here, { authorization: 'Bearer secret-one' });
    expect(await statusOf(here.post({ id: MINE }, { cookie, origin }))).toBe(401);
    expect(await statusOf(here.get('/api/stats', { cookie, origin }))).toBe(401);
    const embedded = {
      cookie,
      referer: `${origin}/`,
      'sec-fetch-site': 'same-site',
      'sec-fetch-mode': 'no-cors',
    };
    expect(await statusOf(here.get(`/images/${'0'.repeat(64)}`, embedded))).toBe(401);
    const authorization = 'Bearer secret-one';
    expect(await statusOf(here.post({ id: MINE }, { authorization, origin }))).toBe(200);
  });

  test('every route that changes something refuses a request without any origin, by the cookie alone', async () => {
    const here = await sharedMirror({ tokens: 'secret-one' });
    const { cookie } = await session(here, { authorization: 'Bearer secret-one' });
    for (const [method, path, body] of CHANGES.filter(([, path]) => !path.startsWith('/sign-'))) {
      const init = { method, headers: { cookie }, ...(body ? { body: JSON.stringify(body) } : {}) };
      expect([path, await statusOf(here.request(path, init))]).toEqual([path, 401]);
    }
  });

  test('may be a link that somebody follows', async () => {
    const here = await sharedMirror({ tokens: 'secret-one' });
    const { cookie } = await session(here, { authorization: 'Bearer secret-one' });
    const link = { cookie, 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'navigate' };
    expect((await sendRaw(here, '/api/stats', link)).status).toBe(200);
    expect((await sendRaw(here, '/flux/tasks', link, JSON.stringify({ id: MINE }))).status).toBe(403);
  });
});
