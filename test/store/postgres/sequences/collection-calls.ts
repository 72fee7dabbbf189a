/** Calls that change collections and saved searches. */
import fc from 'fast-check';
import { type Expectation, expectation, expectVersion } from './mark-calls.ts';
import { type Call, createCalls, pickSeen, type Session } from './session.ts';
import { back, createKey, id, ids, limits } from './values.ts';

const name = fc.constantFrom('Best', 'BEST', 'Straße', 'STRASSE', 'cats', 'dogs', '猫', 'new ones');
const note = fc.constantFrom('', 'to print');
const before = fc.option(id, { nil: null });
/** Keys that nobody can guess are different ones in each collection, or saved search. */
const key = fc.option(fc.nat(1), { nil: null });

/** An id as a UUID, of the n-th that was added. */
const createId = (kind: number, n: number) =>
  `00000000-0000-4000-${8000 + kind}-${String(n).padStart(12, '0')}`;

const target = fc.record({ back, within: limits, expected: expectation });
interface Target {
  readonly back: number;
  readonly within: Session['store'] extends { collection(id: string, within: infer Limits): unknown }
    ? Limits
    : never;
  readonly expected: Expectation;
}

async function findCollection({ store, seen, clock }: Session, { back: at, within, expected }: Target) {
  const collectionId = pickSeen(seen.collections, at) ?? createId(0, 999);
  const version = (await store.collection(collectionId, undefined))?.version ?? 0;
  return { collectionId, options: { nowMs: clock.now(), within, ...expectVersion(expected, version) } };
}

async function findSavedSearch({ store, seen, clock }: Session, { back: at, within, expected }: Target) {
  const savedId = pickSeen(seen.savedSearches, at) ?? createId(1, 999);
  const version = (await store.savedSearch(savedId))?.version ?? 0;
  return { savedId, options: { nowMs: clock.now(), within, ...expectVersion(expected, version) } };
}

export const collectionCalls: fc.WeightedArbitrary<Call>[] = [
  {
    weight: 2,
    arbitrary: createCalls(
      'addCollection',
      fc.record({ name, note, limits }),
      async ({ store, seen, clock }, collection) => {
        const added = createId(0, seen.collections.length);
        seen.collections.push(added);
        return store.addCollection({ id: added, ...collection }, clock.now());
      },
    ),
  },
  {
    weight: 2,
    arbitrary: createCalls(
      'changeCollection',
      fc.record({
        target,
        change: fc.record(
          { name, note, cover: before, key, showsPrompts: fc.boolean() },
          { requiredKeys: [] },
        ),
      }),
      async (session, { target: wanted, change: { key: link, showsPrompts = false, ...change } }) => {
        const { collectionId, options } = await findCollection(session, wanted);
        const shared = link == null ? link : { key: createKey(collectionId, link), showsPrompts };
        return session.store.changeCollection(
          collectionId,
          { ...change, ...(shared === undefined ? {} : { link: shared }) },
          options,
        );
      },
    ),
  },
  {
    weight: 5,
    arbitrary: createCalls(
      'placeInCollection',
      fc.record({
        target,
        placement: fc.oneof(
          fc.record({ ids, before: fc.option(before, { nil: undefined }) }),
          fc.record({
            runs: fc.array(fc.record({ ids, before: fc.option(id, { nil: undefined }) }), { maxLength: 2 }),
          }),
        ),
      }),
      async (session, { target: wanted, placement }) => {
        const { collectionId, options } = await findCollection(session, wanted);
        return session.store.placeInCollection(collectionId, placement, options);
      },
    ),
  },
  {
    weight: 2,
    arbitrary: createCalls('takeFromCollection', fc.record({ target, ids }), async (session, args) => {
      const { collectionId, options } = await findCollection(session, args.target);
      return session.store.takeFromCollection(collectionId, args.ids, options);
    }),
  },
  {
    weight: 1,
    arbitrary: createCalls('removeCollection', target, async (session, wanted) => {
      const { collectionId, options } = await findCollection(session, wanted);
      return session.store.removeCollection(collectionId, options);
    }),
  },
  {
    weight: 1,
    arbitrary: createCalls(
      'importCollection',
      fc.record({
        archived: fc.record({ name, note, limits }),
        hasCover: fc.boolean(),
        tasks: fc.uniqueArray(id, { maxLength: 5 }),
        agoMs: fc.constantFrom(-1000, 0, 5000),
      }),
      async ({ store, seen, clock }, { archived, hasCover, tasks, agoMs }) => {
        const added = createId(0, seen.collections.length);
        seen.collections.push(added);
        const cover = hasCover ? tasks.at(-1) : undefined;
        return store.importCollection(added, { ...archived, cover, tasks, changedAtMs: clock.now() - agoMs });
      },
    ),
  },
];

const query = fc.constantFrom('cat', 'state:failed', '', '"old sailor" OR dog*');
const timeZone = fc.constantFrom(undefined, 'Asia/Tokyo');

export const savedSearchCalls: fc.WeightedArbitrary<Call>[] = [
  {
    weight: 4,
    arbitrary: createCalls(
      'addSavedSearch',
      fc.record({ name, query, timeZone, limits }),
      async ({ store, seen, clock }, saved) => {
        const added = createId(1, seen.savedSearches.length);
        seen.savedSearches.push(added);
        return store.addSavedSearch({ id: added, ...saved, nowMs: clock.now() });
      },
    ),
  },
  {
    weight: 2,
    arbitrary: createCalls(
      'changeSavedSearch',
      fc.record({ target, change: fc.record({ name, query, timeZone, key }, { requiredKeys: [] }) }),
      async (session, { target: wanted, change: { key: feed, ...change } }) => {
        const { savedId, options } = await findSavedSearch(session, wanted);
        const feedKey = feed == null ? undefined : createKey(savedId, feed);
        return session.store.changeSavedSearch(
          savedId,
          { ...change, ...(feed === undefined ? {} : { feedKey }) },
          options,
        );
      },
    ),
  },
  {
    weight: 1,
    arbitrary: createCalls('visitSavedSearch', target, async (session, wanted) => {
      const { savedId, options } = await findSavedSearch(session, wanted);
      return session.store.visitSavedSearch(savedId, options);
    }),
  },
  {
    weight: 1,
    arbitrary: createCalls('removeSavedSearch', target, async (session, wanted) => {
      const { savedId } = await findSavedSearch(session, wanted);
      return session.store.removeSavedSearch(savedId, wanted.within);
    }),
  },
];
