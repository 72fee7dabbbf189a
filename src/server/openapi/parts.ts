/** Small makers of OpenAPI 3.1 objects, so that the list of routes reads as a list. */

export type Schema = Readonly<Record<string, unknown>>;

export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters?: readonly Schema[];
  readonly requestBody?: Schema;
  readonly responses: Readonly<Record<string, Schema>>;
  /** Empty for routes that need no token. */
  readonly security?: readonly [];
}

/** Operations by path, then by method in lower case. */
export type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>;

export const text: Schema = { type: 'string' };
export const flag: Schema = { type: 'boolean' };
export const count: Schema = { type: 'integer', minimum: 0 };
export const time: Schema = { type: 'string', format: 'date-time' };
export const taskId: Schema = { type: 'string', minLength: 1, maxLength: 128 };
/** The upstream's own document, byte for byte. */
export const taskDocument: Schema = {
  type: 'object',
  description: 'the upstream’s document, byte for byte',
  properties: { id: taskId, request: { type: 'object' }, response: { type: 'object' } },
};

export function orNull(schema: Schema): Schema {
  return { ...schema, type: [schema.type, 'null'] };
}

export function oneOf(...values: readonly string[]): Schema {
  return { type: 'string', enum: values };
}

export function whole(minimum: number, maximum?: number, fallback?: number): Schema {
  return {
    type: 'integer',
    minimum,
    ...(maximum === undefined ? {} : { maximum }),
    ...(fallback === undefined ? {} : { default: fallback }),
  };
}

export function listOf(items: Schema): Schema {
  return { type: 'array', items };
}

/** All members are always there. */
export function object(properties: Readonly<Record<string, Schema>>): Schema {
  return { type: 'object', properties, required: Object.keys(properties) };
}

export function query(name: string, schema: Schema, description?: string): Schema {
  return { name, in: 'query', schema, ...(description === undefined ? {} : { description }) };
}

export function inPath(name: string, schema: Schema): Schema {
  return { name, in: 'path', required: true, schema };
}

export function json(description: string, schema: Schema): Schema {
  return { description, content: { 'application/json': { schema } } };
}

export function body(schema: Schema): Schema {
  return { required: true, content: { 'application/json': { schema } } };
}

/** Errors of these statuses, all in the one shape. */
export function errors(...statuses: readonly number[]): Readonly<Record<string, Schema>> {
  return Object.fromEntries(
    statuses.map((status) => [String(status), { $ref: '#/components/responses/Error' }]),
  );
}
