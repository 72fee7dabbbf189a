/** Calls about callbacks, and how attempts to deliver something end. */
import fc from 'fast-check';
import { sortOpenOrder } from './normalize.ts';
import { type Call, chooseLimit, createCalls, pickSeen, type Session } from './session.ts';
import { back, delayMs, id } from './values.ts';

/** What became of an attempt to deliver something. */
export const end = fc.oneof(
  fc.constant('delivered' as const),
  fc.record({ dueInMs: fc.option(delayMs, { nil: undefined }), error: fc.constantFrom('no answer', '500') }),
);
type End = typeof end extends fc.Arbitrary<infer Choice> ? Choice : never;

export function createEnd(nowMs: number, choice: End) {
  if (choice === 'delivered') return { deliveredAtMs: nowMs };
  const { dueInMs, error } = choice;
  return { dueAtMs: dueInMs === undefined ? undefined : nowMs + dueInMs, error };
}

const findCallback = ({ seen }: Session, at: number) => pickSeen(seen.callbacks, at) ?? 'unknown';

export const callbackCalls: fc.WeightedArbitrary<Call>[] = [
  {
    weight: 2,
    arbitrary: createCalls(
      'addCallback',
      fc.constantFrom('https://caller.example/', undefined),
      async ({ store, seen, clock }, target) => {
        const key = `callback-${seen.callbacks.length}`;
        seen.callbacks.push(key);
        await store.addCallback({ key, target, nowMs: clock.now() });
      },
    ),
  },
  {
    weight: 2,
    arbitrary: createCalls('setCallbackTask', fc.record({ back, id }), (session, choice) =>
      session.store.setCallbackTask(findCallback(session, choice.back), choice.id),
    ),
  },
  {
    weight: 2,
    arbitrary: createCalls(
      'receiveCallback',
      fc.record({ back, body: fc.constantFrom('{}', '{"id":"猫"}') }),
      (session, { back: at, body }) =>
        session.store.receiveCallback(findCallback(session, at), {
          body: Buffer.from(body),
          mediaType: 'application/json',
          nowMs: session.clock.now(),
        }),
    ),
  },
  {
    weight: 2,
    arbitrary: createCalls('claimCallbacks', delayMs, async (session, leaseMs) => {
      const request = { nowMs: session.clock.now(), limit: chooseLimit(session), leaseMs };
      return sortOpenOrder(await session.store.claimCallbacks(request), ({ key }) => key);
    }),
  },
  {
    weight: 2,
    arbitrary: createCalls('recordCallbackOutcome', fc.record({ back, end }), (session, choice) =>
      session.store.recordCallbackOutcome(
        findCallback(session, choice.back),
        createEnd(session.clock.now(), choice.end),
      ),
    ),
  },
];
