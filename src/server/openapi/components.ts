/** Types of route descriptions, and helpers that build JSON Schema for requests. */
import * as z from 'zod';

export type Schema = Readonly<Record<string, unknown>>;

export interface ResponseDescription {
  readonly description: string;
  /** Schema of a JSON body. */
  readonly schema?: z.ZodType;
  /** Any other body, by media type. */
  readonly content?: Readonly<Record<string, Schema>>;
}

/** One operation of one route. */
export interface RouteDescription {
  readonly path: string;
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  readonly operationId: string;
  readonly summary: string;
  readonly parameters?: readonly Schema[];
  /** Schema of a JSON body. */
  readonly requestBody?: Schema;
  /** The body may also be the fields of a form. */
  readonly acceptsForm?: true;
  readonly responses: Readonly<Record<number, ResponseDescription>>;
  /** Error statuses; all errors have the same body. */
  readonly errors: readonly number[];
  /** Set for routes that need no token. */
  readonly isOpen?: true;
}

export const text: Schema = { type: 'string' };
export const taskId: Schema = { type: 'string', minLength: 1, maxLength: 128 };
export const sha256: Schema = { type: 'string', pattern: '^[0-9a-f]{64}$' };

export function createEnum(...values: readonly string[]): Schema {
  return { type: 'string', enum: values };
}

export function createInteger(minimum: number, maximum?: number, fallback?: number): Schema {
  return {
    type: 'integer',
    minimum,
    ...(maximum === undefined ? {} : { maximum }),
    ...(fallback === undefined ? {} : { default: fallback }),
  };
}

export function createArray(items: Schema): Schema {
  return { type: 'array', items };
}

export function createQueryParameter(name: string, schema: Schema, description?: string): Schema {
  return { name, in: 'query', schema, ...(description === undefined ? {} : { description }) };
}

export function createPathParameter(name: string, schema: Schema): Schema {
  return { name, in: 'path', required: true, schema };
}

/** For what several may edit at once. @param what `the collection`, for one */
export function createIfMatchParameter(what: string): Schema {
  const description = `the ETag that came with ${what}: 412 after any change since`;
  return { name: 'If-Match', in: 'header', schema: text, description };
}

/** The schema of a request body, from the one that checks it. */
export function describeBody(schema: z.ZodType): Schema {
  const { $schema: _, ...body }: Schema = z.toJSONSchema(schema);
  return body;
}
