/**
 * `/mcp`: the Model Context Protocol over Streamable HTTP, without sessions, so that every request is authorised anew. The library is
 * loaded with the first request.
 */
import { Hono } from 'hono';
import { MAX_BODY_BYTES, refuseDeclaredLength } from '../body.ts';
import type { ServerContext, ServerDeps, ServerEnv } from '../deps.ts';
import { createMirrorAccess, createMirrorChanges } from '../mirror-access.ts';
import { describeAskedBy } from '../search/respond.ts';

export function createMcpRoutes(deps: ServerDeps): Hono<ServerEnv> {
  const { config, log } = deps;
  const changes = createMirrorChanges(deps);

  const openMirror = (c: ServerContext) => {
    const { limits, isReadOnly } = c.get('access');
    const { outgoing } = c.env;
    const mayChange = config.mcpWrite && !isReadOnly && limits === undefined;
    const asker = { limits, isWanted: () => !outgoing.destroyed, ...describeAskedBy(c) };
    return createMirrorAccess(deps, asker, mayChange ? changes : undefined);
  };

  return new Hono<ServerEnv>().post('/mcp', async (c) => {
    // The library would leave the rest of it in the connection.
    refuseDeclaredLength(c.env.incoming, MAX_BODY_BYTES);
    const { answerMcp } = await import('../../mcp/http.ts');
    return answerMcp(c.req.raw, {
      mirror: openMirror(c),
      maxBodyBytes: MAX_BODY_BYTES,
      onError: (error) => log.error({ err: error }, 'an MCP request failed'),
    });
  });
}
