/** The Model Context Protocol, which describes itself to its clients. */
import { type RouteDescription, text } from '../components.ts';

export const MCP_ROUTES: readonly RouteDescription[] = [
  {
    path: '/mcp',
    method: 'post',
    operationId: 'mcp',
    summary: 'The Model Context Protocol (Streamable HTTP, without sessions), for agents',
    requestBody: {
      type: 'object',
      description: 'a JSON-RPC message',
      properties: { jsonrpc: text, method: text, params: { type: 'object' } },
      required: ['jsonrpc'],
    },
    responses: {
      200: {
        description: 'the response of JSON-RPC, as the client accepts it',
        content: { 'application/json': { type: 'object' }, 'text/event-stream': text },
      },
    },
    errors: [400, 401, 403, 413, 415, 503],
  },
];
