/** What every store must do with callbacks; a part of conformance.ts. */
import { expect, test } from 'vitest';
import type { MaybePromise } from '../../src/store/contract/maybe-promise.ts';
import type { Store } from '../../src/store/contract/store.ts';

const NOW = Date.UTC(2026, 2, 14, 12);
const YEAR = 365 * 86_400_000;

export function describeCallbacks(open: () => MaybePromise<Store>): void {
  test('a callback that a wrong clock has queued far ahead is due, and given up when others are', async () => {
    const store = await open();
    const claim = async (nowMs: number) => store.claimCallbacks({ nowMs, limit: 9, leaseMs: 1000 });
    const received = { body: Buffer.from('{}'), mediaType: 'application/json' };
    for (const key of ['early', 'late'])
      await store.addCallback({ key, target: 'https://a.example/', nowMs: NOW });
    await store.receiveCallback('early', { ...received, nowMs: NOW });
    await store.receiveCallback('late', { ...received, nowMs: NOW + YEAR });
    expect((await claim(NOW)).map(({ key, receivedAtMs }) => [key, receivedAtMs]).sort()).toEqual([
      ['early', NOW],
      ['late', NOW],
    ]);
    await store.recordCallbackOutcome('late', { dueAtMs: NOW + YEAR, error: 'no' });
    await store.recordCallbackOutcome('early', { dueAtMs: NOW + 7 * 3_600_000, error: 'no' });
    expect((await claim(NOW + 1)).map(({ key }) => key)).toEqual(['late']);
  });
}
