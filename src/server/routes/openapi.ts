/** `GET /openapi.json`: the interface, for programs. */
import { Hono } from 'hono';
import { openApiDocument } from '../openapi/document.ts';
import type { ServerEnv, ServerParts } from '../parts.ts';

export function description({ config }: ServerParts): Hono<ServerEnv> {
  const document = openApiDocument(config.basePath);
  return new Hono<ServerEnv>().get('/openapi.json', (c) => c.json(document));
}
