/** `GET /openapi.json`: the API description. Loaded and built on the first request. */
import { Hono } from 'hono';
import type { ServerDeps, ServerEnv } from '../deps.ts';

export function createOpenApiRoutes({ config }: ServerDeps): Hono<ServerEnv> {
  const buildDocument = async () => (await import('../openapi/document.ts')).openApiDocument(config.basePath);
  let document: Awaited<ReturnType<typeof buildDocument>> | undefined;
  return new Hono<ServerEnv>().get('/openapi.json', async (c) => {
    document ??= await buildDocument();
    return c.json(document);
  });
}
