/** Reading JSON that may be none. */

/** @returns undefined when it is not valid JSON: no JSON text means undefined */
export function tryParseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the caller asks whether it is JSON
  }
}
