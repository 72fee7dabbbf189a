/** Answers one HTTP request of an MCP client, with a server that is made for it. */
import { createMcpHandler, type McpServer } from '@modelcontextprotocol/server';
import { createMcpServer } from './create-server.ts';
import type { MirrorAccess } from './mirror-access.ts';

interface McpOptions {
  readonly mirror: MirrorAccess;
  readonly maxBodyBytes: number;
  /** Told of every error that the caller must not see. */
  readonly onError: (error: unknown) => void;
}

export function answerMcp(
  request: Request,
  { mirror, maxBodyBytes, onError }: McpOptions,
): Promise<Response> {
  return answerWith(() => createMcpServer({ mirror, onError }), request, maxBodyBytes);
}

/** @param createServer called for each message */
export async function answerWith(
  createServer: () => McpServer,
  request: Request,
  maxBodyBytes: number,
): Promise<Response> {
  const handler = createMcpHandler(createServer, {
    maxRequestBodySize: maxBodyBytes,
    // Nothing of it changes while a client looks.
    maxSubscriptions: 0,
  });
  return waitForBody(await handler.fetch(request));
}

/**
 * The response once its body has begun. An event stream is opened before the tool runs: if this server is killed meanwhile, a proxy can
 * ask another one only for a response that has not begun, and the client would wait in vain.
 */
async function waitForBody(response: Response): Promise<Response> {
  if (!response.body) return response;
  const reader = response.body.getReader();
  const first = await reader.read();
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => (first.done ? controller.close() : controller.enqueue(first.value)),
    pull: async (controller) => {
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return new Response(body, { status: response.status, headers: response.headers });
}
