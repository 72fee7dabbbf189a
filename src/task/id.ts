/** Task ids: opaque strings that the upstream makes (UUIDs today), branded so that no other string is taken for one. */

export type TaskId = string & { readonly __brand: 'TaskId' };

const MAX_LENGTH = 128;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what is refused
const FORBIDDEN = /[\u0000-\u001f\u007f]/;
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;

/** A usable id: 1 to 128 characters, no control characters, well-formed Unicode; anything else is undefined. */
export function parseTaskId(value: unknown): TaskId | undefined {
  if (typeof value !== 'string' || value === '' || value.length > MAX_LENGTH) return undefined;
  return FORBIDDEN.test(value) || !value.isWellFormed() ? undefined : (value as TaskId);
}

/**
 * The UUIDs in any text, each once, in order of appearance.
 * In lower case, the form in which a UUID is written (RFC 9562, section 4).
 */
export function findTaskIds(text: string): TaskId[] {
  return [...new Set(Array.from(text.matchAll(UUID), ([uuid]) => uuid.toLowerCase()))] as TaskId[];
}
