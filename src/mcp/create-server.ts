/** The MCP server of a mirror: its tools and resources. One is made for each request over HTTP, and one for a connection over stdio. */
import { McpServer, ResourceTemplate } from '@modelcontextprotocol/server';
import { VERSION } from '../lib/version.ts';
import type { MirrorAccess } from './mirror-access.ts';
import { describeFailure, NOTE, registerTool } from './tool.ts';
import { syncNow, trackTasks } from './tools/changes.ts';
import { getImage } from './tools/get-image.ts';
import { getTask } from './tools/get-task.ts';
import { historyStats } from './tools/history-stats.ts';
import { searchPrompts } from './tools/search-prompts.ts';
import { similarPrompts } from './tools/similar-prompts.ts';

const INSTRUCTIONS = `A local mirror of one Ace Data Cloud Flux account: every generation with its prompt, settings, result and archived pictures. search_prompts finds tasks, get_task tells about one, get_image shows it. Nothing here generates pictures. ${NOTE}`;

interface ServerOptions {
  readonly mirror: MirrorAccess;
  /** Told of every error that the caller must not see. */
  readonly onError: (error: unknown) => void;
}

export function createMcpServer({ mirror, onError }: ServerOptions): McpServer {
  const server = new McpServer(
    { name: 'flux-mirror', title: 'flux-mirror', version: VERSION },
    // The lists are the same as long as a client sees them.
    {
      instructions: INSTRUCTIONS,
      capabilities: { tools: { listChanged: false }, resources: { listChanged: false } },
    },
  );
  const deps = { mirror, onError };
  registerTool(server, searchPrompts, deps);
  registerTool(server, getTask, deps);
  registerTool(server, getImage, deps);
  registerTool(server, similarPrompts, deps);
  registerTool(server, historyStats, deps);
  if (mirror.changes) {
    registerTool(server, trackTasks, deps);
    registerTool(server, syncNow, deps);
  }
  server.registerResource(
    'task',
    // There are too many to be listed: search_prompts finds them.
    new ResourceTemplate('flux-task://{id}', { list: undefined }),
    { title: 'A task', description: `The stored document of a task. ${NOTE}`, mimeType: 'application/json' },
    async (uri, { id }) => {
      const text = await mirror.readDocument(decodeURIComponent(String(id))).catch((error: unknown) => {
        throw new Error(describeFailure(error, onError));
      });
      return { contents: [{ uri: uri.href, mimeType: 'application/json', text }] };
    },
  );
  return server;
}
