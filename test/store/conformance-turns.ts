/** What every store must do so that work is done once; a part of conformance.ts. */
import { expect, test } from 'vitest';
import type { MaybePromise } from '../../src/store/contract/maybe-promise.ts';
import type { Store } from '../../src/store/contract/store.ts';

const NOW = Date.UTC(2026, 2, 14, 12);

export function describeTurns(open: () => MaybePromise<Store>): void {
  test('whoever has a turn may take it again, also after it was over or ended', async () => {
    const store = await open();
    const take = async (nowMs: number, name = 'work') => store.takeTurn(name, { nowMs, forMs: 1000.5 });
    expect([await take(NOW), await take(NOW + 1), await take(NOW + 9999)]).toEqual([true, true, true]);
    await store.endTurn('work');
    await store.endTurn('never begun');
    expect([await take(NOW), await take(NOW, 'other work')]).toEqual([true, true]);
  });
}
