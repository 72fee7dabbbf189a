/** Safe access to parsed untrusted JSON: own members only, every type checked. */

export type JsonObject = { readonly [member: string]: unknown };

/** True for a JSON object (not null, not an array). */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An own member, never one inherited from the prototype (`constructor`, `__proto__`). */
export function getOwn(object: JsonObject, member: string): unknown {
  return Object.hasOwn(object, member) ? object[member] : undefined;
}

/** The member if it is a string, else undefined. */
export function getOwnString(object: JsonObject, member: string): string | undefined {
  const value = getOwn(object, member);
  return typeof value === 'string' ? value : undefined;
}

/** The member if it is a JSON object, else an empty object. */
export function getOwnObject(object: JsonObject, member: string): JsonObject {
  const value = getOwn(object, member);
  return isObject(value) ? value : {};
}
