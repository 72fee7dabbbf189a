/** Task ids: opaque strings assigned by the upstream (UUIDs today), branded so that no other string passes for one. */

export type TaskId = string & { readonly __brand: 'TaskId' };

const MAX_LENGTH = 128;
/** Shorter beginnings of ids would fit by chance. */
export const MIN_ID_PREFIX_LENGTH = 6;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what is rejected
const FORBIDDEN = /[\u0000-\u001f\u007f]/;
export const UUID_LENGTH = 36;
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;

/** Accepts 1 to 128 characters of well-formed Unicode without control characters; undefined for anything else. */
export function parseTaskId(value: unknown): TaskId | undefined {
  if (typeof value !== 'string' || value === '' || value.length > MAX_LENGTH) return undefined;
  return FORBIDDEN.test(value) || !value.isWellFormed() ? undefined : (value as TaskId);
}

/** The id, if the text is a UUID and nothing else. */
export function parseUuid(text: string): TaskId | undefined {
  const trimmed = text.trim();
  const [id] = trimmed.length === UUID_LENGTH ? findTaskIds(trimmed) : [];
  return id;
}

/**
 * The distinct UUIDs in any text, in order of appearance.
 * In lower case, the canonical output form (RFC 9562, section 4).
 */
export function findTaskIds(text: string): TaskId[] {
  return [...new Set(Array.from(text.matchAll(UUID), ([uuid]) => uuid.toLowerCase()))] as TaskId[];
}
