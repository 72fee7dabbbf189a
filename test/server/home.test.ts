/** The page that a browser gets at the address of the mirror. */
import { expect, test } from 'vitest';
import { startTestMirror } from '../helpers/test-mirror.ts';

const BROWSER = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

async function readLinks(answer: Response): Promise<string[]> {
  return [...(await answer.text()).matchAll(/href="([^"]+)"/g)].map(([, link = '']) => link);
}

test.each([
  ['/', '/'],
  ['/flux-mirror', '/flux-mirror'],
  ['/flux-mirror', '/flux-mirror/'],
])('with the base path %s, the page at %s has links that work', async (basePath, path) => {
  const here = await startTestMirror({ basePath });
  const { origin } = new URL(here.mirror.url);
  const answer = await fetch(`${origin}${path}`, { headers: BROWSER });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=UTF-8']);
  const links = await readLinks(answer);
  expect(links.length).toBeGreaterThan(5);
  for (const link of links)
    expect([link, (await fetch(new URL(link, answer.url))).status]).toEqual([link, 200]);
});

test('the page needs no token, loads nothing, and runs no scripts', async () => {
  const here = await startTestMirror({ tokens: 'a-token-of-the-mirror' });
  const answer = await here.get('/', BROWSER);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-security-policy')).toMatch(
    /^default-src 'none'; style-src 'sha256-[\w+/=]+';/,
  );
  expect(await answer.text()).not.toMatch(/<script|src=|http:/);
  expect((await here.get('/api/stats', BROWSER)).status).toBe(401);
});
