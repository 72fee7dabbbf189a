/** Texts from outside as values that PostgreSQL takes. */

/**
 * PostgreSQL's text can't hold U+0000. Documents never do, as JSON escapes it; members in columns and what is looked up get U+FFFD in its
 * place, as lone surrogates do when they are encoded, so that the same texts stay the same.
 */
export function replaceNul(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '\ufffd') : text;
}

/** A parameter of a statement. */
export function prepareParam(value: unknown): unknown {
  if (typeof value === 'string') return replaceNul(value);
  return Array.isArray(value) ? value.map(prepareParam) : value;
}
