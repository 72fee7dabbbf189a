/** What every store must do for the circuit breaker; a part of conformance.ts. */
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { type CircuitReason, MAX_COOLDOWN_MS } from '../../src/store/contract/circuit.ts';
import type { MaybePromise } from '../../src/store/contract/maybe-promise.ts';
import type { Store } from '../../src/store/contract/store.ts';

const NOW = Date.UTC(2026, 2, 14, 12);

export function describeCircuit(openStore: () => MaybePromise<Store>): void {
  let store: Store;
  const open = async (reason: CircuitReason, waitMs: number, nowMs = NOW) =>
    store.openCircuit({ reason, message: `${reason} ${waitMs}`, nowMs, waitMs: () => waitMs });
  const read = async (nowMs = NOW) => store.readCircuit(nowMs);

  describe('the upstream’s circuit breaker', () => {
    beforeEach(async () => {
      store = await openStore();
    });

    test('is open from a failure until its cooldown ends, or it is closed', async () => {
      expect(await read()).toBeUndefined();
      expect(await store.closeCircuit(NOW)).toBe(false);
      const opened = await open('unreachable', 50);
      expect(opened).toEqual({
        reason: 'unreachable',
        message: 'unreachable 50',
        untilMs: NOW + 50,
        times: 1,
      });
      expect([await read(), await read(NOW + 49), await read(NOW + 50)]).toEqual([opened, opened, undefined]);
      expect(await store.closeCircuit(NOW + 1)).toBe(true);
      expect(await read()).toBeUndefined();
      expect(await store.closeCircuit(NOW + 1)).toBe(false);
    });

    test('counts consecutive failures per reason, and derives the cooldown from that count', async () => {
      const fail = async (reason: CircuitReason, nowMs: number) => {
        const waitMs = (times: number) => 100 * times + 0.4;
        const { times, untilMs } = await store.openCircuit({ reason, message: 'down', nowMs, waitMs });
        return [times, untilMs - nowMs];
      };
      expect(await fail('unreachable', NOW)).toEqual([1, 100]);
      expect(await fail('unreachable', NOW + 10_000)).toEqual([2, 200]); // its time was over: still in a row
      expect(await fail('rejected', NOW + 20_000)).toEqual([1, 100]);
      expect(await fail('rate-limited', NOW + 20_001)).toEqual([1, 100]);
      expect(await fail('rate-limited', NOW + 20_002)).toEqual([2, 200]);
      expect(await store.closeCircuit(NOW + 30_000)).toBe(true);
      expect(await fail('rate-limited', NOW + 30_000)).toEqual([1, 100]);
    });

    test('a cooldown is neither ended nor shortened by other outcomes', async () => {
      const reasons = fc.constantFrom<CircuitReason>('rate-limited', 'rejected', 'unreachable');
      const event = fc.record({
        kind: fc.constantFrom('open', 'close'),
        reason: reasons,
        waitMs: fc.integer({ min: 1, max: 600_000 }),
        pauseMs: fc.nat(29_999),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(event, { maxLength: 20 }), async (events) => {
          await store.closeCircuit(NOW + 10 * MAX_COOLDOWN_MS); // of the round before
          const cooldown = await open('rate-limited', 600_000);
          let nowMs = NOW;
          let untilMs = cooldown.untilMs;
          let times = 1;
          for (const { kind, reason, waitMs, pauseMs } of events) {
            nowMs += pauseMs;
            if (kind === 'close') expect(await store.closeCircuit(nowMs)).toBe(false);
            else await open(reason, waitMs, nowMs);
            if (kind === 'open' && reason === 'rate-limited') {
              times += 1;
              untilMs = Math.max(untilMs, nowMs + waitMs);
            }
            expect(await read(nowMs)).toMatchObject({ reason: 'rate-limited', untilMs, times });
          }
        }),
        { numRuns: 20 },
      );
    });

    test('concurrent failures keep the longest cooldown, in any order', async () => {
      for (const waits of [
        [600_000, 1],
        [1, 600_000],
      ]) {
        await store.closeCircuit(NOW + 10 * MAX_COOLDOWN_MS);
        await Promise.all(waits.map((waitMs) => open('rate-limited', waitMs)));
        expect(await read()).toMatchObject({ untilMs: NOW + 600_000, times: 2 });
      }
    });

    test('a time beyond the maximum cooldown came from a wrong clock, and is ignored', async () => {
      await open('rate-limited', MAX_COOLDOWN_MS, NOW + 1);
      expect(await read()).toBeUndefined();
      expect(await store.closeCircuit(NOW)).toBe(true);
      await open('rate-limited', MAX_COOLDOWN_MS);
      expect(await read()).toBeDefined();
      expect(await store.closeCircuit(NOW)).toBe(false);
    });
  });
}
