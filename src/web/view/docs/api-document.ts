/** The parts of an OpenAPI 3.1 document that the API page shows, and what its references mean. */
import { isObject, type JsonObject } from '../../../task/json-object.ts';

export interface ApiDocument {
  readonly info: { readonly title: string; readonly version: string };
  readonly servers: readonly { readonly url: string }[];
  /** Operations by path, then by method. */
  readonly paths: Readonly<Record<string, Readonly<Record<string, ApiOperation>>>>;
  readonly components: JsonObject;
}

export interface ApiOperation {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters?: readonly JsonObject[];
  readonly requestBody?: JsonObject;
  readonly responses: Readonly<Record<string, JsonObject>>;
  /** Empty for routes that need no token. */
  readonly security?: readonly unknown[];
}

/** References that refer to references, or to themselves. */
const MAX_HOPS = 10;

/** The object that a node is, or refers to (RFC 6901). Empty if there is none. */
export function resolveNode(document: ApiDocument, node: unknown): JsonObject {
  let current = node;
  for (let hop = 0; hop < MAX_HOPS; hop += 1) {
    if (!isObject(current)) return {};
    const { $ref: ref } = current;
    if (typeof ref !== 'string') return current;
    current = findByPointer(document, ref);
  }
  return {};
}

function findByPointer(document: ApiDocument, ref: string): unknown {
  if (!ref.startsWith('#/')) return undefined;
  const names = ref
    .slice(2)
    .split('/')
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
  let found: unknown = document;
  for (const name of names) found = isObject(found) && Object.hasOwn(found, name) ? found[name] : undefined;
  return found;
}
