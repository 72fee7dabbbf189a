/** Where a browser goes after signing in: to one of our pages, and nowhere else. */
import { tryParseUrl } from '../../../lib/parse-url.ts';

const HOME = './';
/** Pages, and with them what is searched for. All pages lie at one depth. */
const PAGE = /^\.\/(?:status|docs|collections|prompts|history|saved)?(?:[?#].*)?$/s;
/** Longer addresses are none of ours. */
const MAX_LENGTH = 8000;

/** @param given relative to the pages, as `formatNext` writes it; anything else is the first page */
export function parseNext(given: string | undefined | null): string {
  if (given === undefined || given === null || given.length > MAX_LENGTH) return HOME;
  return PAGE.test(given) && !hasControlCharacters(given) ? given : HOME;
}

/** Browsers ignore some of them in addresses. */
function hasControlCharacters(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what is rejected
  return /[\u0000-\u001f\u007f]/.test(text);
}

/** @param path without the base path: `/status` @param search with its question mark, or empty */
export function formatNext(path: string, search: string): string {
  return parseNext(`./${path.replace(/^\//, '')}${search}`);
}

/** The page that has led to the one that asks for a token, by its address; `undefined` if it is none of ours. */
export function readReferrer(referer: string | undefined): string | undefined {
  const url = referer === undefined ? undefined : tryParseUrl(referer);
  if (!url) return undefined;
  // All pages lie at one depth, whatever a proxy has put before them.
  const next = `./${url.pathname.slice(url.pathname.lastIndexOf('/') + 1)}${url.search}`;
  return parseNext(next) === next ? next : undefined;
}
