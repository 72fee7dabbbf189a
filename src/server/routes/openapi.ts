/** `GET /openapi.json`: the interface, for programs. Its document is loaded and made at the first request. */
import { Hono } from 'hono';
import type { ServerDeps, ServerEnv } from '../deps.ts';

export function createOpenApiRoutes({ config }: ServerDeps): Hono<ServerEnv> {
  const makeDocument = async () => (await import('../openapi/document.ts')).openApiDocument(config.basePath);
  let document: Awaited<ReturnType<typeof makeDocument>> | undefined;
  return new Hono<ServerEnv>().get('/openapi.json', async (c) => {
    document ??= await makeDocument();
    return c.json(document);
  });
}
