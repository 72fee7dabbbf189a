/** The mirror's own access tokens: how they look, and the hash in which they are kept. */
import { hash } from 'node:crypto';

/** How the mirror's own tokens begin, so that one that leaked is known for what it is. */
export const TOKEN_PREFIX = 'fluxm_';

/** SHA-256, as tokens are kept. */
export function computeDigest(token: string): Buffer {
  return hash('sha256', token, 'buffer');
}
