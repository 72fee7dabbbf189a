/** Links to generated files. */
import { tryParseUrl } from '../lib/parse-url.ts';

/** Whether a member of a document is an http(s) link. */
export function isLink(value: unknown): value is string {
  return typeof value === 'string' && /^https?:\/\//i.test(value);
}

/**
 * The form in which links are compared: as browsers show and copy it, without a fragment.
 * @returns the text itself if it is no valid URL
 */
export function normalizeLink(link: string): string {
  const url = tryParseUrl(link);
  if (!url) return link;
  url.hash = '';
  return url.href;
}
