/** The OpenAPI 3.1 document of every route. A test compares it with the routes there are. */
import { VERSION } from '../../lib/version.ts';
import { DROP_IN_PATHS } from './drop-in-paths.ts';
import { OWN_PATHS } from './own-paths.ts';
import { json, object, text } from './parts.ts';

/** @param basePath as in the settings */
export function openApiDocument(basePath: string) {
  return {
    openapi: '3.1.0',
    info: {
      title: 'flux-mirror',
      version: VERSION,
      description: 'A local caching mirror of the Ace Data Cloud Flux Tasks API.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: basePath }],
    security: [{ token: [] }],
    paths: { ...DROP_IN_PATHS, ...OWN_PATHS },
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      responses: {
        Error: json('an error, in the upstream’s shape', {
          ...object({
            success: { const: false },
            error: object({ code: text, message: text }),
            trace_id: { type: 'string', format: 'uuid' },
          }),
        }),
      },
    },
  };
}
