/** What may stand in the place of a JSON Schema, in words: `list of text`, `1 to 100`, `newest, oldest`. */
import { getOwn, isObject, type JsonObject } from '../../../task/json-object.ts';
import type { Dictionary } from '../i18n/dictionary.ts';
import { listVariants } from './schema-rows.ts';

type Words = Dictionary['docsPage'];

export function describeType(schema: JsonObject, p: Words): string {
  const variants = listVariants(schema).filter(isObject);
  if (variants.length > 0)
    return joinTypes(
      variants.map((variant) => describeType(variant, p)),
      p,
    );
  const type = getOwn(schema, 'type');
  const types = (Array.isArray(type) ? type : [type]).filter((name) => typeof name === 'string');
  if (types.length === 0) return p.anything;
  return joinTypes(
    types.map((name) => (name === 'array' ? describeList(schema, p) : nameType(name, p))),
    p,
  );
}

function describeList(schema: JsonObject, p: Words): string {
  const items = getOwn(schema, 'items');
  return isObject(items) ? p.listOf(describeType(items, p)) : p.types.array;
}

function nameType(name: string, p: Words): string {
  const names: Readonly<Record<string, string>> = p.types;
  return names[name] ?? name;
}

function joinTypes(types: readonly string[], p: Words): string {
  const distinct = [...new Set(types)];
  const others = distinct.filter((type) => type !== p.types.null);
  const joined = p.anyOf(others);
  return others.length < distinct.length && others.length > 0 ? p.nullable(joined) : p.anyOf(distinct);
}

/** The values that are allowed, if they are enumerated. */
export function listValues(schema: JsonObject): string[] {
  const values = getOwn(schema, 'enum');
  return Array.isArray(values) ? values.map(String) : [];
}

const LIMITS = ['minimum', 'maximum', 'minLength', 'maxLength', 'maxItems'] as const;

/** Limits and the default, in words. */
export function listConstraints(schema: JsonObject, p: Words): string[] {
  const limits = LIMITS.flatMap((name) => {
    const value = getOwn(schema, name);
    // That a text is not empty goes without saying, and so does that a count is not negative.
    const isTrivial = (name === 'minLength' && value === 1) || (name === 'minimum' && value === 0);
    return typeof value === 'number' && !isTrivial ? [p.limits[name](String(value))] : [];
  });
  const fallback = getOwn(schema, 'default');
  return fallback === undefined ? limits : [...limits, p.byDefault(String(fallback))];
}
