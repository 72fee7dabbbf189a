/** `/mcp` as a protocol: what is no message, who may ask, and what it costs a server that is never asked. */
import { expect, test } from 'vitest';
import { addToken } from '../helpers/access-token.ts';
import { sendRaw } from '../helpers/raw-request.ts';
import { startTestMirror, type TestMirror } from '../helpers/test-mirror.ts';

const HEADERS = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
const SEARCH = {
  ...{ jsonrpc: '2.0', id: 1, method: 'tools/call' },
  params: { name: 'search_prompts', arguments: { query: 'cat' } },
};

async function post(here: TestMirror, body: unknown, headers: Record<string, string> = {}) {
  const answer = await here.request('/mcp', {
    method: 'POST',
    headers: { ...HEADERS, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: answer.status, text: await answer.text() };
}

test.each<[string, unknown, Record<string, string>, number, string]>([
  ['no JSON', '{nonsense', {}, 400, '-32700'],
  ['an empty batch', '[]', {}, 400, '-32600'],
  ['no message', { hello: 1 }, {}, 400, '-32'],
  ['an unknown method', { jsonrpc: '2.0', id: 1, method: 'nothing/here' }, {}, 200, '-32601'],
  ['another content type', SEARCH, { 'content-type': 'text/plain' }, 415, '-32000'],
  ['a client that takes no streams', SEARCH, { accept: 'application/json' }, 406, '-32000'],
  ['more than a mebibyte', 'x'.repeat(1024 * 1024 + 1), {}, 413, 'bad_request'],
  ['a foreign origin', SEARCH, { origin: 'https://evil.example' }, 403, 'forbidden'],
])('%s is an error in words', async (_what, body, headers, status, text) => {
  const here = await startTestMirror({ offline: 'true' });
  expect(await post(here, body, headers)).toEqual({ status, text: expect.stringContaining(text) });
  expect(await post(here, SEARCH)).toMatchObject({ status: 200, text: expect.stringContaining('"total') });
});

test('a foreign Host reaches no tool (DNS rebinding)', async () => {
  const here = await startTestMirror({ offline: 'true', tokens: 'a-token-of-the-mirror' });
  const headers = { ...HEADERS, host: 'evil.example' };
  expect(await sendRaw(here, '/mcp', headers, JSON.stringify(SEARCH))).toMatchObject({ status: 403 });
});

test('GET and DELETE are not allowed: there are no sessions', async () => {
  const here = await startTestMirror();
  for (const method of ['GET', 'DELETE']) {
    const answer = await here.request('/mcp', { method });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
    await answer.arrayBuffer();
  }
});

test('a token that is revoked in mid-session ends with its next request', async () => {
  const here = await startTestMirror({ offline: 'true' });
  const headers = await addToken(here);
  expect((await post(here, SEARCH, headers)).status).toBe(200);
  expect((await post(here, SEARCH)).status).toBe(401);
  await here.store.revokeAccessToken(headers.authorization.slice(-8), here.clock.now());
  here.clock.advance(1001);
  expect((await post(here, SEARCH, headers)).status).toBe(401);
});

test('below a base path, it is there', async () => {
  const here = await startTestMirror({ offline: 'true', basePath: '/deep/sub' });
  expect((await post(here, SEARCH)).status).toBe(200);
});

test('a client that hangs up leaves a server that answers', async () => {
  const here = await startTestMirror({ offline: 'true' });
  const aborted = new AbortController();
  const asking = here.request('/mcp', {
    ...{ method: 'POST', headers: HEADERS, body: JSON.stringify(SEARCH) },
    signal: aborted.signal,
  });
  aborted.abort();
  await expect(asking).rejects.toThrow();
  expect((await post(here, SEARCH)).status).toBe(200);
  expect(here.log()).not.toContain('an MCP request failed');
});
