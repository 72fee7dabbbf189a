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
export function answerWith(
  createServer: () => McpServer,
  request: Request,
  maxBodyBytes: number,
): Promise<Response> {
  const handler = createMcpHandler(createServer, {
    maxRequestBodySize: maxBodyBytes,
    // Nothing of it changes while a client looks.
    maxSubscriptions: 0,
  });
  return handler.fetch(request);
}
