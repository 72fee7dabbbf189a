/** Keys in addresses that anybody may use who knows them: of callbacks, public links, feeds. */
import { randomBytes } from 'node:crypto';

/** Nobody guesses so many. */
const KEY_BYTES = 24;
/** What a key looks like; anything else need not be looked up. */
export const RANDOM_KEY = /^[A-Za-z0-9_-]{32}$/;

/** @returns 32 characters that need no encoding in a URL */
export function createRandomKey(): string {
  return randomBytes(KEY_BYTES).toString('base64url');
}
