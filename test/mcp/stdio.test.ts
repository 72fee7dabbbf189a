/** `flux-mirror mcp`: the same tools for a client that starts a program. */

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { expect, onTestFinished, test } from 'vitest';
import { addToken } from '../helpers/access-token.ts';
import { MAIN, runCli, startCli } from '../helpers/cli.ts';
import { numberedIds } from '../helpers/documents.ts';
import { imageHost } from '../helpers/image-host.ts';
import { picture, storeTaskWithImages } from '../helpers/images.ts';
import { startTestMirror } from '../helpers/test-mirror.ts';

const [CAT] = numberedIds(1);

async function startClient(args: readonly string[], env: Record<string, string> = {}): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' });
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [MAIN, 'mcp', ...args],
    env: { PATH: process.env.PATH ?? '', NODE_NO_WARNINGS: '1', ...env },
    stderr: 'ignore',
  });
  await client.connect(transport);
  onTestFinished(() => client.close());
  return client;
}

async function startWithTask() {
  const host = await imageHost();
  const here = await startTestMirror({ imageAllowHosts: host.host });
  host.serve('/cat', await picture('png', { width: 1200, height: 600 }));
  await storeTaskWithImages(here, CAT, [`${host.url}/cat`], { prompt: 'a white siamese cat' });
  await here.mirror.archiver.run();
  return here;
}

test('reads the data directory beside a running server', async () => {
  const here = await startWithTask();
  const client = await startClient(['--data-dir', here.config.dataDir]);
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).not.toContain('sync_now');
  const found = await client.callTool({ name: 'search_prompts', arguments: { query: 'cats' } });
  expect(found.structuredContent).toMatchObject({ total: 1, items: [{ id: CAT }] });
  const image = await client.callTool({ name: 'get_image', arguments: { id: CAT, width: 960 } });
  expect(image.content[0]).toMatchObject({ type: 'image', mimeType: 'image/webp' });
  const { contents } = await client.readResource({ uri: `flux-task://${CAT}` });
  expect(contents[0]).toMatchObject({ text: expect.stringContaining('siamese') });
});

test('asks a mirror elsewhere, with its token, and may change it if it is told so', async () => {
  const here = await startWithTask();
  const { authorization } = await addToken(here);
  const env = { FLUX_MIRROR_ACCESS_TOKEN: authorization.slice('Bearer '.length) };
  const client = await startClient(['--url', here.mirror.url], { ...env, FLUX_MIRROR_MCP_WRITE: 'true' });
  const found = await client.callTool({ name: 'search_prompts', arguments: { query: 'cats' } });
  expect(found.structuredContent).toMatchObject({ total: 1 });
  const image = await client.callTool({ name: 'get_image', arguments: { id: CAT } });
  expect(image.content[0]).toMatchObject({ type: 'image' });
  const tracked = await client.callTool({ name: 'track_tasks', arguments: { ids: ['some-new-id'] } });
  expect(tracked.structuredContent).toMatchObject({ added: 1 });
  const synced = await client.callTool({ name: 'sync_now', arguments: {} });
  expect(synced.structuredContent).toMatchObject({ error: null });
  const stranger = await startClient(['--url', here.mirror.url]);
  const refused = await stranger.callTool({ name: 'search_prompts', arguments: { query: 'cats' } });
  expect(refused).toMatchObject({ isError: true, content: [{ text: expect.stringContaining('token') }] });
});

test.each([
  [['--url', 'ftp://mirror.example'], 2, '--url is not an http or https address'],
  [['--data-dir', '/nonexistent-folder'], 1, 'there is no mirror'],
])('%j can’t be served, in one line', async (args, code, text) => {
  const result = await runCli(['mcp', ...args]);
  expect([result.code, result.stdout]).toEqual([code, '']);
  expect(result.stderr).toContain(text);
});

test('answers everything that was asked before the client closes its input', async () => {
  const here = await startWithTask();
  const ask = (id: number, method: string, params: object) =>
    JSON.stringify({ jsonrpc: '2.0', id, method, params });
  const hello = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'x', version: '1' } };
  const calls = Array.from({ length: 20 }, (_, at) =>
    ask(at + 2, 'tools/call', { name: 'search_prompts', arguments: { query: at % 2 ? 'cats' : 'sientese' } }),
  );
  const cancelled = JSON.stringify({
    jsonrpc: '2.0',
    method: 'notifications/cancelled',
    params: { requestId: 22 },
  });
  const lines = [
    ask(1, 'initialize', hello),
    '{"jsonrpc":"2.0","method":"notifications/initialized"}',
    ...calls,
    ask(22, 'tools/call', { name: 'get_image', arguments: { id: CAT } }),
    cancelled,
  ];
  for (const args of [
    ['--data-dir', here.config.dataDir],
    ['--url', here.mirror.url],
  ]) {
    const { code, stdout } = await runCli(['mcp', ...args], { input: `${lines.join('\n')}\n` });
    const answers = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: number; result?: unknown });
    expect(code).toBe(0);
    expect(
      answers
        .filter(({ id, result }) => id < 22 && result)
        .map(({ id }) => id)
        .sort((a, b) => a - b),
    ).toEqual(Array.from({ length: 21 }, (_, at) => at + 1));
  }
});

const HELLO = JSON.stringify({
  ...{ jsonrpc: '2.0', id: 1, method: 'initialize' },
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'x', version: '1' } },
});
const search = (id: number) =>
  JSON.stringify({
    jsonrpc: '2.0',
    id,
    method: 'tools/call',
    params: { name: 'search_prompts', arguments: { query: 'cat' } },
  });

test('answers requests of the same id each, and a last line that does not end', async () => {
  const here = await startWithTask();
  const { code, stdout } = await runCli(['mcp', '--data-dir', here.config.dataDir], {
    input: [HELLO, search(2), search(2), search(2)].join('\n'),
  });
  expect([code, stdout.match(/"id":2/g)?.length]).toEqual([0, 3]);
});

test('a message that is too long ends it in an orderly way', async () => {
  const here = await startWithTask();
  const child = startCli(['mcp', '--data-dir', here.config.dataDir]);
  child.stdin.on('error', () => undefined); // it is closed while this is written
  child.stdin.write(`${HELLO}\n${'a'.repeat(11 * 1024 * 1024)}\n${search(2)}\n`);
  const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  expect([code, stderr]).toEqual([0, expect.stringMatching(/an MCP request failed/)]);
});

test('a mirror that never answers does not outlive a client that has cancelled its request', async () => {
  const server = createServer(() => undefined).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const cancel = JSON.stringify({
    ...{ jsonrpc: '2.0', method: 'notifications/cancelled' },
    params: { requestId: 2 },
  });
  const child = startCli(['mcp', '--url', `http://127.0.0.1:${port}`]);
  child.stdin.write(`${HELLO}\n${search(2)}\n`);
  await once(server, 'request');
  child.stdin.end(`${cancel}\n`);
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('ends when the client closes its input', async () => {
  const here = await startWithTask();
  const initialize = {
    ...{ jsonrpc: '2.0', id: 1, method: 'initialize' },
    params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'x', version: '1' } },
  };
  const result = await runCli(['mcp', '--data-dir', here.config.dataDir], {
    input: `not a message\n${JSON.stringify(initialize)}\n`,
  });
  expect(result.code).toBe(0);
  expect(
    result.stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line)),
  ).toEqual(expect.arrayContaining([expect.objectContaining({ id: 1 })]));
});
