/** What every store must do with named tokens; a part of conformance.ts. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { MaybePromise } from '../../src/store/contract/maybe-promise.ts';
import type { Store } from '../../src/store/contract/store.ts';
import { createToken } from '../helpers/access-token.ts';

const NOW = Date.UTC(2026, 2, 14, 12);
const HOUR = 3_600_000;

export function describeAccess(open: () => MaybePromise<Store>): void {
  describe('tokens', () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });

    test('requires a token once one has existed, even after the last was revoked', async () => {
      expect(await store.requiresToken()).toBe(false);
      const token = { name: 'a', hash: '00', limits: undefined, isReadOnly: true, createdAtMs: NOW };
      await store.addAccessToken({ ...token, revokedAtMs: undefined });
      await store.revokeAccessToken('a', NOW);
      expect(await store.requiresToken()).toBe(true);
    });

    test('needs no token after the requirement was dropped, until the next one is created', async () => {
      await store.addAccessToken(createToken('a'));
      await store.dropTokenRequirement();
      expect(await store.requiresToken()).toBe(false);
      expect(await store.accessTokens()).toMatchObject([{ name: 'a', revokedAtMs: undefined }]);
      await store.addAccessToken(createToken('b'));
      expect(await store.requiresToken()).toBe(true);
    });

    test('remembers when a token expires and was last used', async () => {
      await store.addAccessToken(createToken('a', { expiresAtMs: NOW + HOUR }));
      await store.addAccessToken(createToken('b'));
      await store.recordTokenUse(
        new Map([
          ['a', NOW + 5],
          ['nobody', NOW],
        ]),
      );
      await store.recordTokenUse(new Map([['a', NOW + 4]]));
      expect(await store.accessTokens()).toMatchObject([
        { name: 'a', expiresAtMs: NOW + HOUR, lastUsedAtMs: NOW + 5 },
        { name: 'b', expiresAtMs: undefined, lastUsedAtMs: undefined },
      ]);
    });
  });
}
