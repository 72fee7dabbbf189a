/** Tokens that expire, when they were last used, and mirrors that are opened again. */
import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { createAccessControl } from '../../src/server/auth/access.ts';
import { createTokenUse } from '../../src/server/auth/token-use.ts';
import { addToken, createToken } from '../helpers/access-token.ts';
import { delayStore } from '../helpers/delayed-store.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { openTestStore, startTestMirror, type TestMirror } from '../helpers/test-mirror.ts';

async function ask(here: TestMirror, headers: Record<string, string> = {}) {
  const answer = await here.get('/api/search?q=cat', headers);
  const { error } = (await answer.json()) as { error?: { code: string; message: string } };
  return [answer.status, error?.code];
}

describe('a token with an expiry', () => {
  test('is valid until then, and 401 from then on, also once it was accepted', async () => {
    const here = await startTestMirror();
    const expiring = await addToken(here, { expiresAtMs: here.clock.now() + 60_000 });
    const lasting = await addToken(here);
    expect(await ask(here, expiring)).toEqual([200, undefined]);
    here.clock.advance(60_000);
    expect(await ask(here, expiring)).toEqual([401, 'invalid_token']);
    const fast = await here.post({ action: 'retrieve_batch', ids: [] }, expiring);
    expect(fast.status).toBe(401);
    expect(await ask(here, lasting)).toEqual([200, undefined]);
  });

  test('does not open the mirror when the last one expires', async () => {
    const here = await startTestMirror();
    await addToken(here, { expiresAtMs: here.clock.now() + 1 });
    here.clock.advance(5000);
    expect(await ask(here)).toEqual([401, 'no_token']);
  });
});

describe('the last use of a token', () => {
  test('is stored at the latest when the server stops', async () => {
    const here = await startTestMirror();
    const used = await addToken(here);
    await addToken(here);
    const at = here.clock.now();
    await ask(here, used);
    await here.restart();
    const uses = (await here.store.accessTokens()).map(({ lastUsedAtMs }) => lastUsedAtMs);
    expect(uses.toSorted()).toEqual([at, undefined]);
  });

  /** Records uses without a server. */
  function recorder(recordTokenUse: (uses: ReadonlyMap<string, number>) => void) {
    const clock = new ManualClock();
    const writes: [string, number][][] = [];
    const store = {
      recordTokenUse: (uses: ReadonlyMap<string, number>) => {
        writes.push([...uses]);
        recordTokenUse(uses);
      },
    };
    const messages: string[] = [];
    const log = { debug: (_: object, message: string) => messages.push(message) };
    return { clock, writes, messages, use: createTokenUse({ store, clock, log: log as never }) };
  }

  test('is never written by the request itself, and many requests are one write', async () => {
    const { clock, writes, use } = recorder(() => undefined);
    for (let n = 0; n < 1000; n += 1) {
      use.record('a');
      use.record('b');
      clock.advance(1);
    }
    expect(writes).toEqual([]);
    await use.flush();
    await use.flush();
    expect(writes.map((uses) => uses.map(([name]) => name))).toEqual([['a', 'b']]);
  });

  test('that can’t be stored is logged, and disturbs nobody', async () => {
    const { use, messages } = recorder(() => {
      throw new Error('the disk is full');
    });
    use.record('a');
    await use.flush();
    expect(messages).toEqual(['the last use of tokens could not be stored']);
  });

  test('is not recorded for refused tokens and those of the settings', async () => {
    const store = await openTestStore();
    const used: string[] = [];
    const access = createAccessControl({
      config: { tokens: ['from-the-settings'] },
      store,
      clock: new ManualClock(),
      recordUse: (name) => used.push(name),
    });
    await access.check('Bearer from-the-settings');
    await expect(async () => access.check('Bearer guessed')).rejects.toThrow('not one of this mirror');
    expect(used).toEqual([]);
  });
});

describe('tokens of a store that takes its time', () => {
  const open = async () => {
    const store = await openTestStore();
    const access = createAccessControl({
      config: { tokens: [] },
      store: delayStore(store),
      clock: new ManualClock(),
    });
    return { store, check: async (token?: string) => access.check(token && `Bearer ${token}`) };
  };

  test('let nobody in without one while they are read for the first time', async () => {
    const { store, check } = await open();
    await store.addAccessToken(createToken('mine'));
    const callers = await Promise.allSettled([check(), check(), check('guessed'), check('mine')]);
    expect(callers.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected', 'fulfilled']);
  });

  test('are accepted from all who present the first one while it is looked up', async () => {
    const { store, check } = await open();
    await check();
    const token = `fluxm_${'a'.repeat(36)}`;
    await store.addAccessToken(createToken(token));
    const callers: ReturnType<typeof check>[] = [];
    for (let turn = 0; turn < 8; turn += 1) {
      callers.push(check(token));
      await setImmediate();
    }
    const accepted = await Promise.all(callers);
    expect(new Set(accepted.map(({ tokenName }) => tokenName))).toEqual(new Set([token]));
  });
});

describe('a mirror whose token requirement was dropped', () => {
  test('lets everyone in within a second, and tokens keep their limits', async () => {
    const here = await startTestMirror();
    const readOnly = await addToken(here, { isReadOnly: true });
    expect(await ask(here)).toEqual([401, 'no_token']);
    await here.store.dropTokenRequirement();
    here.clock.advance(1001);
    expect(await ask(here)).toEqual([200, undefined]);
    expect(await ask(here, readOnly)).toEqual([200, undefined]);
    const sync = await here.request('/api/sync', { method: 'POST', headers: readOnly });
    expect(sync.status).toBe(403);
    await here.restart();
    expect(await ask(here)).toEqual([200, undefined]);
    await addToken(here);
    expect(await ask(here)).toEqual([401, 'no_token']);
  });

  test('still needs the tokens of the settings', async () => {
    const here = await startTestMirror({ tokens: 'from-the-settings' });
    await addToken(here);
    await here.store.dropTokenRequirement();
    here.clock.advance(1001);
    expect(await ask(here)).toEqual([401, 'no_token']);
  });

  test('stays closed while it listens on a reachable address, and does not start there again', async () => {
    const here = await startTestMirror({ tokens: 'from-the-settings', host: '0.0.0.0' });
    await addToken(here);
    await here.restart({ tokens: '' });
    await here.store.dropTokenRequirement();
    here.clock.advance(1001);
    expect(await ask(here)).toEqual([401, 'no_token']);
    await expect(here.restart({ tokens: '' })).rejects.toThrow('reachable from other machines');
    await here.restart({ host: '127.0.0.1', tokens: '' });
    expect(await ask(here)).toEqual([200, undefined]);
  });
});
