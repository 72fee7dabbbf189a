/** Tokens of the mirror, for tests. */
import { randomUUID } from 'node:crypto';
import { computeDigest } from '../../src/lib/access-token.ts';
import type { AccessToken } from '../../src/store/contract/access.ts';
import type { TaskLimits } from '../../src/task/limits.ts';
import type { TestMirror } from './test-mirror.ts';

interface TokenOptions {
  readonly limits?: Partial<TaskLimits>;
  readonly isReadOnly?: boolean;
  readonly expiresAtMs?: number;
}

/** A token of this name, whose secret is its name. */
export function createToken(name: string, more: Partial<AccessToken> = {}): AccessToken {
  return {
    name,
    hash: computeDigest(name).toString('hex'),
    limits: undefined,
    isReadOnly: false,
    createdAtMs: 1,
    revokedAtMs: undefined,
    ...more,
  };
}

/** Stores a token, as `token new` does. @returns headers that present it */
export async function addToken(
  here: TestMirror,
  { limits, isReadOnly = false, expiresAtMs }: TokenOptions = {},
): Promise<{ authorization: string }> {
  const token = `fluxm_${randomUUID()}`;
  await here.store.addAccessToken(
    createToken(token.slice(-8), {
      hash: computeDigest(token).toString('hex'),
      limits: limits && { userIds: [], applicationIds: [], ...limits },
      isReadOnly,
      expiresAtMs,
    }),
  );
  here.clock.advance(1001); // the server looks for new tokens once a second
  return { authorization: `Bearer ${token}` };
}
