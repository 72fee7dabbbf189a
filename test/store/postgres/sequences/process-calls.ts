/** Calls about runs, the upstream's circuit, tokens, checkpoints, and what one process at a time does. */
import fc from 'fast-check';
import { createEmptyCounts } from '../../../../src/store/contract/runs.ts';
import { createToken } from '../../../helpers/access-token.ts';
import { type Call, createCalls, pickSeen } from './session.ts';
import { back, delayMs, limits } from './values.ts';

const tokenName = fc.constantFrom('laptop', 'agent', 'Ärger');
const checkpoint = fc.constantFrom('history', 'backfill');
const keys = fc.array(fc.constantFrom('task a', 'task b', 'list'), { maxLength: 3 });
const turn = fc.constantFrom('sync', 'archive');

export const processCalls: fc.WeightedArbitrary<Call>[] = [
  {
    weight: 1,
    arbitrary: createCalls(
      'startRun',
      fc.constantFrom('schedule', 'api', 'command'),
      async ({ store, seen, clock }, trigger) => {
        const started = await store.startRun({ trigger, startedAtMs: clock.now() });
        seen.runs.push(started);
        return started;
      },
    ),
  },
  {
    weight: 1,
    arbitrary: createCalls(
      'endRun',
      fc.record({ back, outcome: fc.constantFrom('done', 'failed'), finished: fc.nat(9) }),
      async ({ store, seen, clock }, { back: at, outcome, finished }) => {
        const counts = { ...createEmptyCounts(), finished };
        const error = outcome === 'failed' ? { error: 'no' } : {};
        await store.endRun(pickSeen(seen.runs, at) ?? 0, {
          endedAtMs: clock.now(),
          outcome,
          counts,
          ...error,
        });
      },
    ),
  },
  {
    weight: 2,
    arbitrary: createCalls(
      'openCircuit',
      fc.record({ reason: fc.constantFrom('rate-limited', 'rejected', 'unreachable'), delayMs }),
      ({ store, clock }, { reason, delayMs: waitMs }) =>
        store.openCircuit({ reason, message: reason, nowMs: clock.now(), waitMs: (times) => waitMs * times }),
    ),
  },
  {
    weight: 1,
    arbitrary: createCalls('closeCircuit', fc.constant({}), ({ store, clock }) =>
      store.closeCircuit(clock.now()),
    ),
  },
  {
    weight: 1,
    arbitrary: createCalls(
      'addAccessToken',
      fc.record({
        name: tokenName,
        limits,
        isReadOnly: fc.boolean(),
        lastsMs: fc.option(delayMs, { nil: undefined }),
      }),
      ({ store, clock }, { name, limits: own, isReadOnly, lastsMs }) =>
        store.addAccessToken(
          createToken(name, {
            limits: own,
            isReadOnly,
            createdAtMs: clock.now(),
            expiresAtMs: lastsMs === undefined ? undefined : clock.now() + lastsMs,
          }),
        ),
    ),
  },
  {
    weight: 1,
    arbitrary: createCalls('revokeAccessToken', tokenName, ({ store, clock }, name) =>
      store.revokeAccessToken(name, clock.now()),
    ),
  },
  {
    weight: 1,
    arbitrary: createCalls(
      'recordTokenUse',
      fc.array(fc.tuple(tokenName, delayMs), { maxLength: 3 }),
      ({ store, clock }, uses) =>
        store.recordTokenUse(new Map(uses.map(([name, agoMs]) => [name, clock.now() - agoMs]))),
    ),
  },
  {
    weight: 1,
    arbitrary: createCalls('dropTokenRequirement', fc.constant({}), ({ store }) =>
      store.dropTokenRequirement(),
    ),
  },
  {
    weight: 1,
    arbitrary: createCalls(
      'setCheckpoint',
      fc.record({ name: checkpoint, text: fc.constantFrom('one', '') }),
      ({ store }, { name, text }) => store.setCheckpoint(name, text),
    ),
  },
  {
    weight: 1,
    arbitrary: createCalls(
      'addCheckpoint',
      fc.record({ name: checkpoint, text: fc.constantFrom('first', 'two') }),
      ({ store }, { name, text }) => store.addCheckpoint(name, text),
    ),
  },
  {
    weight: 2,
    arbitrary: createCalls('beginFetch', fc.record({ keys, leaseMs: delayMs }), async (session, args) => {
      const nowMs = session.clock.now();
      const turns = await session.store.beginFetch(args.keys, { nowMs, leaseMs: args.leaseMs });
      for (const one of turns.mine) session.seen.leases.set(one, nowMs + args.leaseMs);
      return turns;
    }),
  },
  {
    weight: 2,
    arbitrary: createCalls(
      'endFetch',
      fc.record({ keys, note: fc.constantFrom(undefined, 'unknown') }),
      async ({ store, seen, clock }, { keys: some, note }) => {
        const nowMs = clock.now();
        // Whether a key is still the caller's whose lease is over, the contract leaves open: another process may have taken it.
        const ended = some.filter((one) => (seen.leases.get(one) ?? Number.POSITIVE_INFINITY) > nowMs);
        await store.endFetch(ended, { nowMs, note });
        for (const one of ended) seen.leases.delete(one);
      },
    ),
  },
  {
    weight: 1,
    arbitrary: createCalls('takeTurn', fc.record({ name: turn, delayMs }), ({ store, clock }, args) =>
      store.takeTurn(args.name, { nowMs: clock.now(), forMs: args.delayMs }),
    ),
  },
  { weight: 1, arbitrary: createCalls('endTurn', turn, ({ store }, name) => store.endTurn(name)) },
  {
    weight: 1,
    arbitrary: createCalls('recordHeartbeat', fc.constant({}), ({ store, clock }) =>
      store.recordHeartbeat(clock.now()),
    ),
  },
  {
    weight: 1,
    arbitrary: createCalls('maintain', fc.constant({}), async ({ store, clock }) => {
      // How much an index has to be merged is the engine's own affair.
      await store.mergeIndexSome();
      const isRecountDue = await store.isRecountDue();
      await store.recount();
      return [await store.reindexSome(), await store.rereadSome(clock.now()), isRecountDue];
    }),
  },
  {
    weight: 1,
    arbitrary: createCalls('restart', fc.constant({}), async (session) => {
      await session.restart();
      // It frees what the ended process was fetching, which one engine has kept until then.
      await session.store.recordHeartbeat(session.clock.now());
    }),
  },
];
