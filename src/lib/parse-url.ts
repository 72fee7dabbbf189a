/**
 * `URL.canParse` is not for us: on Node 20 and on early releases of 22, once it is called often, it refuses every address with
 * a character from U+0080 to U+00FF in it.
 */

/** @param base what a relative address is relative to @returns `undefined` if the text is no valid URL */
export function tryParseUrl(text: string, base?: string | URL): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}
