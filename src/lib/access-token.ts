/** The mirror's own access tokens: their prefix, and the hash that is stored. */
import { hash } from 'node:crypto';

/** Prefix of the mirror's own tokens, so that a leaked one can be recognized (by secret scanners, for example). */
export const TOKEN_PREFIX = 'fluxm_';

/** SHA-256; only the digest of a token is stored. */
export function computeDigest(token: string): Buffer {
  return hash('sha256', token, 'buffer');
}
