import { McpServer } from '@modelcontextprotocol/server';
import { expect, test } from 'vitest';
import { answerWith } from '../../src/mcp/http.ts';

test('a response begins with its result, so that a proxy can ask another server until then', async () => {
  let finish: () => void = () => undefined;
  let isRunning = false;
  const createServer = () => {
    const server = new McpServer({ name: 'test', version: '1' });
    server.registerTool('wait', { description: 'waits' }, async () => {
      isRunning = true;
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      return { content: [{ type: 'text', text: 'waited' }] };
    });
    return server;
  };
  const body = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'wait', arguments: {} } };
  const request = new Request('http://mirror.test/mcp', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: JSON.stringify(body),
  });
  let hasBegun = false;
  const answer = answerWith(createServer, request, 1_000_000).then((response) => {
    hasBegun = true;
    return response;
  });
  await expect.poll(() => isRunning).toBe(true);
  await new Promise((resolve) => setImmediate(resolve));
  expect(hasBegun).toBe(false);
  finish();
  const response = await answer;
  expect(response.status).toBe(200);
  expect(await response.text()).toContain('"text":"waited"');
});
