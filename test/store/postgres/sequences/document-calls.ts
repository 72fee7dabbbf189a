/** Calls that store and remove documents, and that track ids. */
import fc from 'fast-check';
import type { RefreshOutcome } from '../../../../src/store/contract/tracking.ts';
import { placeholderTask } from '../../../../src/task/placeholder-task.ts';
import { sortOpenOrder } from './normalize.ts';
import { type Call, chooseLimit, createCalls, limitTo, pickSeen, type Session } from './session.ts';
import { back, createDocument, delayMs, documentChoices, id, ids, loneId, PROMPTS } from './values.ts';

const FAR_MS = 60 * 86_400_000;
/** When a refreshed id is due: also what a wrong clock would say, of one at a time. */
const dueInMs = fc.oneof(
  { weight: 6, arbitrary: fc.option(delayMs, { nil: undefined }) },
  fc.constant(FAR_MS),
);

const outcomeChoice = fc.record({
  back,
  dueInMs,
  isUnknown: fc.boolean(),
  error: fc.constantFrom(undefined, 'no answer'),
});
type OutcomeChoice = typeof outcomeChoice extends fc.Arbitrary<infer Choice> ? Choice : never;

function createOutcomes(session: Session, choices: readonly OutcomeChoice[]): RefreshOutcome[] {
  const nowMs = session.clock.now();
  return limitTo(session, choices).flatMap((choice) => {
    const claim = pickSeen(session.seen.claims, choice.back);
    if (!claim) return [];
    const { isUnknown, error } = choice;
    const dueAtMs = choice.dueInMs === undefined ? undefined : nowMs + choice.dueInMs;
    return [{ claim, dueAtMs, unknownSinceMs: isUnknown ? nowMs : undefined, error }];
  });
}

const draw = async ({ store, seen }: Session): Promise<number> => {
  const drawn = await store.nextRequestSeq();
  seen.requestSeqs.push(drawn);
  return drawn;
};

export const storingCalls: fc.WeightedArbitrary<Call>[] = [
  {
    weight: 12,
    arbitrary: createCalls(
      'storeDocuments',
      fc.record({
        documents: documentChoices,
        /** An earlier request, whose answer is late; undefined: a new one. */
        request: fc.option(back, { nil: undefined, freq: 2 }),
        outcomes: fc.array(outcomeChoice, { maxLength: 2 }),
        pendingDueInMs: fc.option(delayMs, { nil: undefined }),
        announces: fc.constantFrom('all', 'all', 'awaited', undefined),
        isUnasked: fc.constantFrom(false, false, false, true),
      }),
      async (session, { documents, request, outcomes, pendingDueInMs, announces, isUnasked }) => {
        const { store, seen, clock } = session;
        const earlier = request === undefined ? undefined : pickSeen(seen.requestSeqs, request);
        return store.storeDocuments({
          documents: limitTo(session, documents).map((choice) => createDocument(choice, session)),
          requestSeq: earlier ?? (await draw(session)),
          fetchedAtMs: clock.now(),
          outcomes: createOutcomes(session, outcomes),
          // Not at the time at which an outcome is due.
          ...(pendingDueInMs === undefined ? {} : { trackPendingAtMs: clock.now() + pendingDueInMs + 500 }),
          ...(announces ? { announces } : {}),
          ...(isUnasked ? { isUnasked } : {}),
        });
      },
    ),
  },
  {
    weight: 1,
    // Each engine counts from another number.
    arbitrary: createCalls('nextRequestSeq', fc.constant({}), async (session) => {
      const before = session.seen.requestSeqs.at(-1) ?? 0;
      return (await draw(session)) > before;
    }),
  },
  {
    weight: 2,
    arbitrary: createCalls(
      'addPlaceholder',
      fc.record({ id: loneId, prompt: fc.constantFrom(...PROMPTS), delayMs }),
      async ({ store, clock }, { id: taskId, prompt, delayMs: waitMs }) => {
        const nowMs = clock.now();
        const accepted = { id: taskId, kind: 'images', request: JSON.stringify({ prompt }) } as const;
        await store.addPlaceholder(placeholderTask(accepted, nowMs), { nowMs, dueAtMs: nowMs + waitMs });
      },
    ),
  },
  {
    weight: 4,
    // A finished task stays as it is: without removals, little would happen after a while.
    arbitrary: createCalls('remove', loneId, async ({ store }, one) =>
      sortOrphans([await store.remove(one)]),
    ),
  },
  {
    weight: 2,
    arbitrary: createCalls('removeMany', fc.array(loneId, { maxLength: 4 }), async (session, some) =>
      sortOrphans(await session.store.removeMany(limitTo(session, some))),
    ),
  },
];

export const trackingCalls: fc.WeightedArbitrary<Call>[] = [
  {
    weight: 3,
    arbitrary: createCalls('track', ids, async (session, some) =>
      session.store.track(limitTo(session, some), session.clock.now()),
    ),
  },
  { weight: 1, arbitrary: createCalls('untrack', id, async ({ store }, one) => store.untrack(one)) },
  {
    weight: 4,
    arbitrary: createCalls(
      'claimDue',
      fc.record({ aheadMs: delayMs, leaseMs: delayMs }),
      async (session, { aheadMs, leaseMs }) => {
        const nowMs = session.clock.now();
        const request = { dueBeforeMs: nowMs + aheadMs, nowMs, limit: chooseLimit(session), leaseMs };
        // They are those longest overdue, but listed in any order.
        const claims = sortOpenOrder(await session.store.claimDue(request), (claim) => claim.id);
        session.seen.claims.push(...claims);
        return claims;
      },
    ),
  },
  {
    weight: 1,
    arbitrary: createCalls(
      'release',
      fc.record({ backs: fc.array(back, { maxLength: 2 }), dueInMs: fc.option(delayMs, { nil: undefined }) }),
      async (session, { backs, dueInMs: waitMs }) => {
        const claims = limitTo(session, backs).flatMap((at) => pickSeen(session.seen.claims, at) ?? []);
        await session.store.release(
          claims,
          waitMs === undefined ? {} : { dueAtMs: session.clock.now() + waitMs },
        );
      },
    ),
  },
];

/** The images that were removed with a task are in no order. */
function sortOrphans(removals: Awaited<ReturnType<Session['store']['removeMany']>>) {
  return removals.map(({ wasKnown, orphans }) => ({
    wasKnown,
    orphans: sortOpenOrder(orphans, ({ sha256 }) => sha256),
  }));
}
