/** Who may call. Tokens are compared as hashes, all of them, in constant time. */
import { hash, timingSafeEqual } from 'node:crypto';
import { ApiError } from '../api-error.ts';

const BEARER = /^Bearer +(\S+) *$/i;
const HASHED = 'sha256:';

/** The token of an `authorization: Bearer …` header. */
export function bearerToken(authorization: string | undefined): string | undefined {
  return BEARER.exec(authorization ?? '')?.[1];
}

/**
 * Makes the check.
 * @param tokens plain, or `sha256:<hex>`; none lets everybody in
 * @returns a function that throws ApiError 401 `no_token` or `invalid_token`
 */
export function createTokenCheck(tokens: readonly string[]): (authorization: string | undefined) => void {
  const digests = tokens.map((token) =>
    token.startsWith(HASHED)
      ? Buffer.from(token.slice(HASHED.length), 'hex')
      : hash('sha256', token, 'buffer'),
  );
  if (digests.length === 0) return () => undefined;
  return (authorization) => {
    if (authorization === undefined || authorization.trim() === '') {
      throw new ApiError(401, 'no_token', 'this mirror needs a token: send "authorization: Bearer …"');
    }
    const given = hash('sha256', bearerToken(authorization) ?? '', 'buffer');
    // No early exit: how long it takes must not tell how far it got.
    const matches = digests.filter((digest) => timingSafeEqual(digest, given));
    if (matches.length === 0) throw new ApiError(401, 'invalid_token', 'the token is not one of this mirror');
  };
}
