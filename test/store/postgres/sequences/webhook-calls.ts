/** Calls about webhooks and their messages. */
import fc from 'fast-check';
import type { Store } from '../../../../src/store/contract/store.ts';
import type { TaskId } from '../../../../src/task/id.ts';
import { createEnd, end } from './callback-calls.ts';
import { expectation, expectVersion } from './mark-calls.ts';
import { sortOpenOrder } from './normalize.ts';
import { type Call, chooseLimit, createCalls, limitTo, pickSeen, type Session } from './session.ts';
import { back, delayMs } from './values.ts';

const url = fc.constantFrom('https://a.example/', 'https://b.example/');
const healthType = fc.constantFrom('mirror.failing', 'mirror.recovered', 'backup.failed');
/** What webhooks are told of tasks: those that their saved searches find. */
async function matchSavedSearches(
  store: Store,
  finished: readonly TaskId[],
): Promise<ReadonlyMap<string, readonly TaskId[]>> {
  const webhooks = await store.webhooks();
  const searches = new Set(
    webhooks.map(({ savedSearchId }) => savedSearchId).filter((one) => one !== undefined),
  );
  // Of every second one, half of them.
  return new Map(
    [...searches].map((one, at) => [one, finished.filter((_, n) => at % 2 === 0 || n % 2 === 0)]),
  );
}

async function lookAtFinished(session: Session): Promise<readonly TaskId[]> {
  // Those that finished with one batch are in no order.
  const finished = sortOpenOrder(await session.store.finishedTasks(100), (one) => one);
  session.seen.finished = limitTo(session, finished);
  return finished;
}

async function planMessages({ store, seen, clock }: Session): Promise<void> {
  const { finished } = seen;
  const matches = await matchSavedSearches(store, finished);
  await store.planMessages({ finished, matches, nowMs: clock.now() });
}

function findWebhook({ seen }: Session, at: number): string {
  return pickSeen(seen.webhooks, at) ?? 'unknown';
}

export const webhookCalls: fc.WeightedArbitrary<Call>[] = [
  {
    weight: 4,
    arbitrary: createCalls(
      'addWebhook',
      fc.record({ url, savedSearch: fc.option(back, { nil: undefined }) }),
      async ({ store, seen, clock }, { url: address, savedSearch }) => {
        const webhookId = `00000000-0000-4000-8002-${String(seen.webhooks.length).padStart(12, '0')}`;
        seen.webhooks.push(webhookId);
        const savedSearchId =
          savedSearch === undefined ? undefined : (pickSeen(seen.savedSearches, savedSearch) ?? 'unknown');
        return store.addWebhook({
          id: webhookId,
          url: address,
          secret: 's',
          savedSearchId,
          nowMs: clock.now(),
        });
      },
    ),
  },
  {
    weight: 1,
    arbitrary: createCalls(
      'changeWebhook',
      fc.record({ back, url, expected: expectation }),
      async (session, { back: at, url: address, expected }) => {
        const webhookId = findWebhook(session, at);
        const version = (await session.store.webhook(webhookId))?.version ?? 0;
        const options = { nowMs: session.clock.now(), ...expectVersion(expected, version) };
        return session.store.changeWebhook(webhookId, { url: address }, options);
      },
    ),
  },
  {
    weight: 1,
    arbitrary: createCalls('removeWebhook', back, (session, at) =>
      session.store.removeWebhook(findWebhook(session, at)),
    ),
  },
  {
    weight: 1,
    arbitrary: createCalls('look at finished tasks', fc.constant({}), lookAtFinished),
  },
  {
    weight: 1,
    // Of those that were looked at before, whatever became of them.
    arbitrary: createCalls('plan messages late', fc.constant({}), planMessages),
  },
  {
    weight: 4,
    arbitrary: createCalls('plan messages', fc.constant({}), async (session) => {
      await lookAtFinished(session);
      await planMessages(session);
    }),
  },
  {
    weight: 1,
    arbitrary: createCalls(
      'announceHealth',
      fc.record({ types: fc.array(healthType, { maxLength: 2 }), text: fc.constantFrom('failing', 'well') }),
      async (session, { types, text }) => {
        const messages = limitTo(session, types).map((type) => ({ type, data: { text } }));
        const checkpoint = { name: 'health', text };
        await session.store.announceHealth({ messages, checkpoint, nowMs: session.clock.now() });
      },
    ),
  },
  {
    weight: 1,
    arbitrary: createCalls('addTestMessage', back, (session, at) =>
      session.store.addTestMessage(findWebhook(session, at), session.clock.now()),
    ),
  },
  {
    weight: 3,
    arbitrary: createCalls(
      'claimDeliveries',
      fc.record({ leaseMs: delayMs, busy: fc.array(back, { maxLength: 1 }) }),
      async (session, { leaseMs, busy }) => {
        const claimed = await session.store.claimDeliveries({
          nowMs: session.clock.now(),
          limit: chooseLimit(session),
          leaseMs,
          busy: busy.map((at) => findWebhook(session, at)),
        });
        return sortOpenOrder(claimed, ({ webhookId }) => webhookId);
      },
    ),
  },
  {
    weight: 2,
    arbitrary: createCalls('recordDeliveryOutcome', fc.record({ back, end }), async (session, choice) => {
      const { store, seen, clock } = session;
      const delivery = pickSeen(seen.messages, choice.back) ?? 'unknown';
      await store.recordDeliveryOutcome(delivery, createEnd(clock.now(), choice.end));
    }),
  },
  {
    weight: 1,
    arbitrary: createCalls(
      'deliveries',
      fc.record({ back, limit: fc.constantFrom(1, 2, 100), isNextPage: fc.boolean() }),
      async (session, { back: at, limit, isNextPage }) => {
        const webhookId = findWebhook(session, at);
        const page = await session.store.deliveries(webhookId, limit);
        const last = page.at(-1);
        return isNextPage && last ? session.store.deliveries(webhookId, limit, last) : page;
      },
    ),
  },
  {
    weight: 1,
    arbitrary: createCalls('repeatDelivery', fc.record({ back, webhook: back }), (session, choice) => {
      const { store, seen, clock } = session;
      const delivery = pickSeen(seen.messages, choice.back) ?? 'unknown';
      return store.repeatDelivery(findWebhook(session, choice.webhook), delivery, clock.now());
    }),
  },
  {
    weight: 1,
    arbitrary: createCalls('trimDeliveries', delayMs, ({ store, clock }, agoMs) =>
      store.trimDeliveries(clock.now() - agoMs),
    ),
  },
];
