/** Addresses that people give the mirror to send something to. Where they may lead is checked when it is sent (see src/outbound). */

/** Characters. */
const MAX_URL_LENGTH = 2000;

/** Why a text can't be such an address; undefined if it can. */
export function findTargetProblem(text: string): string | undefined {
  if (text.length > MAX_URL_LENGTH) return `it has more than ${MAX_URL_LENGTH} characters`;
  if (!URL.canParse(text)) return 'it must be a whole URL';
  const { protocol, username, password } = new URL(text);
  if (protocol !== 'http:' && protocol !== 'https:') return 'it must begin with http:// or https://';
  if (username !== '' || password !== '') return 'it must not have a user name or a password in it';
  return undefined;
}
