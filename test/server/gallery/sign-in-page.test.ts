/** Browsers without a token are asked for one; where they go then is one of our pages. */
import { describe, expect, test } from 'vitest';
import { parseNext, readReferrer } from '../../../src/server/routes/gallery/next-page.ts';
import { addToken } from '../../helpers/access-token.ts';
import { startTestMirror, type TestMirror } from '../../helpers/test-mirror.ts';

const HTML = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };

function askWithoutFollowing(
  here: TestMirror,
  path: string,
  headers: Record<string, string>,
  method = 'GET',
) {
  const { origin } = new URL(here.mirror.url);
  return fetch(`${origin}${path}`, { headers, method, redirect: 'manual' });
}

describe('without a token', () => {
  test.each([
    ['', '/status', './sign-in?next=.%2Fstatus'],
    ['', '/docs', './sign-in?next=.%2Fdocs'],
    ['', '/collections?id=7', './sign-in?next=.%2Fcollections%3Fid%3D7'],
    ['', '/prompts?q=cat', './sign-in?next=.%2Fprompts%3Fq%3Dcat'],
    ['', '/saved?q=cat', './sign-in?next=.%2Fsaved%3Fq%3Dcat'],
    ['', '/history?task=1', './sign-in?next=.%2Fhistory%3Ftask%3D1'],
    ['/sub', '/sub/status?x=1', './sign-in?next=.%2Fstatus%3Fx%3D1'],
  ])(
    'with the base path "%s", a browser that asks for %s is sent to %s',
    async (basePath, path, location) => {
      const here = await startTestMirror({ tokens: 'a-token-of-the-mirror', ...(basePath && { basePath }) });
      const answer = await askWithoutFollowing(here, path, HTML);
      expect([answer.status, answer.headers.get('location')]).toEqual([303, location]);
      expect(answer.headers.get('cache-control')).toBe('private, no-store');
      expect(new URL(location, `${here.mirror.url}/status`).pathname).toBe(`${basePath}/sign-in`);
    },
  );

  test('a token that is none any more is said to have ended', async () => {
    const here = await startTestMirror({ tokens: 'a-token-of-the-mirror' });
    const headers = { ...HTML, authorization: 'Bearer something-else' };
    const answer = await askWithoutFollowing(here, '/status', headers);
    expect(answer.headers.get('location')).toBe('./sign-in?next=.%2Fstatus&error=expired');
  });

  test.each([
    ['a client that wants JSON', '/status', { accept: 'application/json' }, 'GET'],
    ['a client that takes anything', '/docs', { accept: '*/*' }, 'GET'],
    ['a client that prefers JSON', '/status', { accept: 'application/json, text/html;q=0.5' }, 'GET'],
    ['another method', '/status', HTML, 'POST'],
    ['a route that is no page', '/api/stats', HTML, 'GET'],
    ['an archived image', `/images/${'0'.repeat(64)}`, HTML, 'GET'],
  ])('%s gets the error as JSON', async (_, path, headers, method) => {
    const here = await startTestMirror({ tokens: 'a-token-of-the-mirror' });
    const answer = await askWithoutFollowing(here, path, headers, method);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([401, 'application/json']);
    expect(await answer.json()).toMatchObject({ error: { code: 'no_token' } });
  });

  test('an error that is no missing token stays as it is', async () => {
    const here = await startTestMirror();
    const answer = await askWithoutFollowing(here, '/status', { ...HTML, host: 'evil.example' });
    expect(answer.status).toBe(200);
    const unknown = await askWithoutFollowing(here, '/nothing', HTML);
    expect([unknown.status, unknown.headers.get('content-type')]).toEqual([404, 'application/json']);
  });
});

test('pages are private, and run nothing but our own files', async () => {
  const here = await startTestMirror();
  const headers = { ...HTML, ...(await addToken(here)) };
  for (const path of ['/status', '/docs', '/collections', '/prompts', '/saved', '/sign-in']) {
    const answer = await here.get(path, headers);
    expect([path, answer.status, answer.headers.get('cache-control')]).toEqual([
      path,
      200,
      'private, no-cache',
    ]);
    expect(answer.headers.get('content-security-policy')).toMatch(
      /script-src 'self'.*require-trusted-types-for/,
    );
    for (const name of ['accept', 'cookie', 'authorization'])
      expect(answer.headers.get('vary')).toContain(name);
    expect(await answer.text()).not.toMatch(/\son\w+=|style=|javascript:/);
  }
});

describe('where to go then', () => {
  test.each([
    './',
    './status',
    './docs',
    './collections?id=7',
    './?q=cat&task=1',
    './docs#search',
    './prompts?q=cat',
    './saved?q=cat',
    './history?task=1',
  ])('%s is one of our pages', (next) => {
    expect(parseNext(next)).toBe(next);
  });

  test.each([
    undefined,
    null,
    '',
    '/',
    '//evil.example/',
    'https://evil.example/',
    './/evil.example',
    './../',
    './api/stats',
    './status/x',
    'javascript:alert(1)',
    './\\evil.example',
    './status\n',
    './?q=\u0000',
    `./?q=${'x'.repeat(9000)}`,
  ])('%j is not', (next) => {
    expect(parseNext(next)).toBe('./');
  });

  test.each([
    ['http://127.0.0.1:8787/sub/status?x=1', './status?x=1'],
    ['http://127.0.0.1:8787/?q=cat', './?q=cat'],
    ['http://127.0.0.1:8787/sign-in', undefined],
    ['http://127.0.0.1:8787/api/stats', undefined],
    ['about:blank', undefined],
    ['nonsense', undefined],
    [undefined, undefined],
  ])('from %s it is %s', (referer, next) => {
    expect(readReferrer(referer)).toBe(next);
  });
});
