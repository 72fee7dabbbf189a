/** Formats documents as JSON Lines. */

/**
 * A document with line breaks (from an upstream that indents) can't be one line; encoded as a JSON string it can, and
 * import takes the string's value as the exact text.
 */
export function formatDocumentLine(text: string): string {
  return `${/[\r\n]/.test(text) ? JSON.stringify(text) : text}\n`;
}
