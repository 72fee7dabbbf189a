/** Parses JSON that may be invalid. */

/** @returns undefined if the text is not valid JSON (which never parses to undefined) */
export function tryParseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the caller only needs to know whether it is JSON
  }
}
