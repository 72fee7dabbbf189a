/** Builds the OpenAPI 3.1 document from the route descriptions on request. */
import * as z from 'zod';
import { VERSION } from '../../lib/version.ts';
import { errorSchema } from '../error-schema.ts';
import type { ResponseDescription, RouteDescription, Schema } from './components.ts';
import { ROUTE_DESCRIPTIONS } from './route-list.ts';

export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters?: readonly Schema[];
  readonly requestBody?: Schema;
  readonly responses: Readonly<Record<string, Schema>>;
  /** Empty for routes that need no token. */
  readonly security?: readonly [];
}

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
    paths: createPaths(),
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      responses: {
        Error: createResponse({ description: 'an error, in the upstream’s format', schema: errorSchema }),
      },
    },
  };
}

/** Operations by path, then by method. */
function createPaths(): Record<string, Record<string, Operation>> {
  const byPath: Record<string, Record<string, Operation>> = {};
  for (const route of ROUTE_DESCRIPTIONS)
    byPath[route.path] = { ...byPath[route.path], [route.method]: createOperation(route) };
  return byPath;
}

function createOperation({
  operationId,
  summary,
  parameters,
  requestBody,
  acceptsForm,
  ...route
}: RouteDescription): Operation {
  const responses = Object.entries(route.responses).map(([status, response]) => [
    status,
    createResponse(response),
  ]);
  const errors = route.errors.map((status) => [String(status), { $ref: '#/components/responses/Error' }]);
  return {
    operationId,
    summary,
    ...(parameters ? { parameters } : {}),
    ...(requestBody ? { requestBody: createRequestBody(requestBody, acceptsForm) } : {}),
    responses: Object.fromEntries([...responses, ...errors]),
    ...(route.isOpen ? { security: [] } : {}),
  };
}

function createRequestBody(schema: Schema, acceptsForm = false): Schema {
  const mediaTypes = ['application/json', ...(acceptsForm ? ['application/x-www-form-urlencoded'] : [])];
  return {
    required: true,
    content: Object.fromEntries(mediaTypes.map((mediaType) => [mediaType, { schema }])),
  };
}

function createResponse({ description, schema, content }: ResponseDescription): Schema {
  if (schema)
    return { description, content: { 'application/json': { schema: convertToJsonSchema(schema) } } };
  return { description, ...(content ? { content } : {}) };
}

/**
 * Removes what clients should not rely on: responses may get more members later, a format says more than zod's pattern for
 * it, and `readOnly` and the safe integer range are details of zod and JavaScript.
 */
function convertToJsonSchema(schema: z.ZodType): Schema {
  const { $schema: _, ...jsonSchema } = z.toJSONSchema(schema, {
    io: 'input',
    override: ({ jsonSchema: node }) => {
      delete node.additionalProperties;
      delete node.readOnly;
      if (node.format !== undefined) delete node.pattern;
      if (node.maximum === Number.MAX_SAFE_INTEGER) delete node.maximum;
    },
  });
  return jsonSchema;
}
