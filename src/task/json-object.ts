/** Reading parsed JSON that came from outside: own members only, no trust in any type. */

export type JsonObject = { readonly [member: string]: unknown };

/** True for a JSON object (not null, not an array). */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member of the object itself, never one inherited from a prototype (`constructor`, `__proto__`). */
export function getOwn(object: JsonObject, member: string): unknown {
  return Object.hasOwn(object, member) ? object[member] : undefined;
}

/** The member when it is a string, else undefined. */
export function getOwnString(object: JsonObject, member: string): string | undefined {
  const value = getOwn(object, member);
  return typeof value === 'string' ? value : undefined;
}

/** The member when it is a JSON object, else an empty one. */
export function getOwnObject(object: JsonObject, member: string): JsonObject {
  const value = getOwn(object, member);
  return isObject(value) ? value : {};
}
