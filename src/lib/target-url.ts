/** Addresses that people give the mirror to send something to. Where they may lead is checked when it is sent (see src/outbound). */
import { BIDI_CONTROLS } from './clean-text.ts';
import { tryParseUrl } from './parse-url.ts';

/** Characters, also of the normalized address. */
const MAX_URL_LENGTH = 2000;

const TOO_LONG = { problem: `it has more than ${MAX_URL_LENGTH} characters` };

/** The address as the URL Standard writes it, or why the text can't be one. */
export function parseTargetUrl(text: string): { readonly url: string } | { readonly problem: string } {
  // The parser would drop line breaks and tabs wherever they are: then another address is stored than is seen.
  if (/\p{Cc}/u.test(text)) return { problem: 'it has control characters' };
  if (BIDI_CONTROLS.test(text)) return { problem: 'it has characters that reverse text' };
  if (text.length > MAX_URL_LENGTH) return TOO_LONG;
  const url = tryParseUrl(text);
  if (!url) return { problem: 'it must be a whole URL' };
  const { protocol, username, password, href } = url;
  if (href.length > MAX_URL_LENGTH) return TOO_LONG;
  if (protocol !== 'http:' && protocol !== 'https:')
    return { problem: 'it must begin with http:// or https://' };
  if (username !== '' || password !== '')
    return { problem: 'it must not have a user name or a password in it' };
  return { url: href };
}
