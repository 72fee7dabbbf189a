/** A JSON Schema as the rows of a table: each member by its path, `items[].images[].url`. */
import { getOwn, getOwnObject, isObject, type JsonObject } from '../../../task/json-object.ts';
import { type ApiDocument, resolveNode } from './api-document.ts';

export interface SchemaRow {
  readonly path: string;
  /** Its own schema, with references resolved. */
  readonly schema: JsonObject;
  readonly isRequired: boolean;
}

/** Schemas that contain themselves. */
const MAX_DEPTH = 6;

/** The members of an object, or of the elements of a list; none for anything else. */
export function listSchemaRows(document: ApiDocument, schema: unknown): SchemaRow[] {
  const rows = new Map<string, SchemaRow>();
  const visit = (node: unknown, path: string, depth: number): void => {
    if (depth > MAX_DEPTH) return;
    const resolved = resolveNode(document, node);
    for (const variant of listVariants(resolved)) visit(variant, path, depth + 1);
    if (isObject(getOwn(resolved, 'items'))) visit(getOwn(resolved, 'items'), `${path}[]`, depth + 1);
    const required = getOwn(resolved, 'required');
    for (const [name, member] of Object.entries(getOwnObject(resolved, 'properties'))) {
      const memberPath = path === '' ? name : `${path}.${name}`;
      const isRequired = Array.isArray(required) && required.includes(name);
      // Of alternatives that have the same member, the first describes it.
      if (!rows.has(memberPath))
        rows.set(memberPath, { path: memberPath, schema: resolveNode(document, member), isRequired });
      visit(member, memberPath, depth + 1);
    }
  };
  visit(schema, '', 0);
  return [...rows.values()];
}

export function listVariants(schema: JsonObject): unknown[] {
  return ['anyOf', 'oneOf', 'allOf'].flatMap((name) => {
    const list = getOwn(schema, name);
    return Array.isArray(list) ? (list as unknown[]) : [];
  });
}
