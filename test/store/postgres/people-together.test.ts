/** What people do, and what tasks do meanwhile, by many writers at random. */
import { randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../../src/lib/clock.ts';
import type { PostgresStore } from '../../../src/store/postgres/open.ts';
import { document, numberedIds } from '../../helpers/documents.ts';
import { showFigure } from '../../helpers/figure.ts';
import { countDeadlocks, createTestDatabase, openPostgresTestStore } from '../../helpers/postgres.ts';
import { requireOnMachine } from '../../helpers/requirements.ts';
import { tries } from '../../helpers/thorough.ts';

const NOW = Date.UTC(2026, 2, 14, 12);
const RUN_MS = tries(5000, 60_000);
const WRITERS = 12;
const IDS = numberedIds(30);
/** Messages about these may be queued again, under the same id, after they were forgotten and have finished once more. */
const FORGETTABLE = IDS.slice(0, 15);
const COLLECTIONS = Array.from({ length: 3 }, () => randomUUID());
const NAMES = ['one', 'two', 'three'];
const TAGS = ['art', 'poster', 'cat', 'blue'];

let url: string;
let stores: PostgresStore[];

beforeEach(async (context) => {
  requireOnMachine(context, 'postgres');
  url = await createTestDatabase();
  stores = await Promise.all(Array.from({ length: 4 }, () => openPostgresTestStore(url)));
});

test(
  'many writers of several servers never wait for each other in a circle, and leave no damage',
  async (context) => {
    const [store] = stores as [PostgresStore];
    for (const [at, id] of COLLECTIONS.entries())
      await store.addCollection({ id, name: `collection ${at}`, note: '', limits: undefined }, NOW);
    const claimed = new Map<string, number>();
    const deadlocks = await countDeadlocks(url);
    const untilMs = systemClock.now() + RUN_MS;
    const done = new Map<string, number>();
    await Promise.all(
      Array.from({ length: WRITERS }, async (_, writer) => {
        const random = createRandom(writer + 1);
        const own = stores[writer % stores.length] as PostgresStore;
        while (systemClock.now() < untilMs) {
          const name = choose(random, Object.keys(STEPS)) as keyof typeof STEPS;
          await STEPS[name](own, random, claimed);
          done.set(name, (done.get(name) ?? 0) + 1);
        }
      }),
    );
    expect(await store.audit()).toEqual([]);
    for (const id of COLLECTIONS) {
      const places = await store.collectionTasks(id, undefined, 100);
      expect(new Set(places.map(({ place }) => place)).size).toBe(places.length);
    }
    // Without an outcome, a message is claimed again only after its lease, which nobody has waited for.
    expect(claimed.size).toBeGreaterThan(0);
    expect([...claimed.values()].filter((times) => times > 1)).toEqual([]);
    await Promise.all(stores.map((one) => one.close())); // then PostgreSQL counts what they did
    expect(await countDeadlocks(url)).toBe(deadlocks);
    expect([...done.keys()].sort()).toEqual(Object.keys(STEPS).sort());
    const steps = [...done.values()].reduce((sum, n) => sum + n, 0);
    showFigure(
      context,
      `${steps} steps by ${WRITERS} writers of ${stores.length} servers in ${RUN_MS / 1000} s, 0 deadlocks`,
    );
  },
  RUN_MS + 60_000,
);

type Random = () => number;
type Step = (store: PostgresStore, random: Random, claimed: Map<string, number>) => Promise<unknown>;

const STEPS = {
  put: async (store, random) =>
    store.storeDocuments({
      documents: chooseSome(random, IDS, 8).map((id) =>
        document({
          id,
          state: random() < 0.6 ? 'pending' : 'succeeded',
          prompt: `${Math.floor(random() * 20)} cats`,
          createdAt: NOW / 1000 + Math.floor(random() * 9),
        }),
      ),
      ...{ requestSeq: await store.nextRequestSeq(), fetchedAtMs: NOW, announces: 'all' },
    }),
  forget: async (store, random) => store.removeMany(chooseSome(random, FORGETTABLE, 4)),
  mark: async (store, random) =>
    store.mark(
      chooseSome(random, IDS, 10).map((id) => ({
        id,
        change: {
          starred: random() < 0.5,
          hidden: random() < 0.3,
          addTags: chooseSome(random, TAGS, 2),
          removeTags: chooseSome(random, TAGS, 2),
          note:
            random() < 0.5 ? '' : `note ${Math.floor(random() * 500)} of nobody${Math.floor(random() * 500)}`,
        },
      })),
      { nowMs: NOW },
    ),
  importMarks: async (store, random) =>
    store.importMarks(
      chooseSome(random, IDS, 10).map((id) => ({
        ...{ id, starred: true, rating: 3, tags: ['art'], note: '', hidden: false },
        changedAtMs: NOW + Math.floor(random() * 1000),
      })),
    ),
  place: async (store, random) =>
    store.placeInCollection(
      choose(random, COLLECTIONS),
      { ids: chooseSome(random, IDS, 8), before: random() < 0.5 ? null : choose(random, IDS) },
      { nowMs: NOW, within: undefined },
    ),
  take: async (store, random) =>
    store.takeFromCollection(choose(random, COLLECTIONS), chooseSome(random, IDS, 4), {
      ...{ nowMs: NOW, within: undefined },
    }),
  importCollection: async (store, random) =>
    store.importCollection(randomUUID(), {
      ...{ name: `collection ${Math.floor(random() * 3)}`, note: '', limits: undefined, cover: undefined },
      ...{ tasks: chooseSome(random, IDS, 20), changedAtMs: NOW + Math.floor(random() * 1000) },
    }),
  save: async (store, random) => {
    const name = choose(random, NAMES);
    const saved = (await store.savedSearches()).find((one) => one.name === name);
    if (!saved) {
      const search = { id: randomUUID(), name, query: 'cat', timeZone: undefined, limits: undefined };
      return store.addSavedSearch({ ...search, nowMs: NOW });
    }
    if (random() < 0.2) return store.removeSavedSearch(saved.id);
    if (random() < 0.6) return store.visitSavedSearch(saved.id, { nowMs: NOW });
    return store.changeSavedSearch(saved.id, { name: choose(random, NAMES) }, { nowMs: NOW });
  },
  listen: async (store, random) => {
    const [webhook] = await store.webhooks();
    const saved = await store.savedSearches();
    if (webhook && random() < 0.2) return store.removeWebhook(webhook.id);
    return store.addWebhook({
      ...{ id: randomUUID(), url: 'https://a.example/', secret: 's' },
      ...{ savedSearchId: random() < 0.8 ? choose(random, saved)?.id : undefined, nowMs: NOW },
    });
  },
  plan: async (store) => {
    const finished = await store.finishedTasks(50);
    const matches = new Map((await store.savedSearches()).map(({ id }) => [id, finished]));
    return store.planMessages({ finished, matches, nowMs: NOW });
  },
  deliver: async (store, random, claimed) => {
    const due = { nowMs: NOW, limit: 5, leaseMs: 10 * RUN_MS, busy: [] };
    for (const { id, taskIds } of await store.claimDeliveries(due)) {
      if (!taskIds.some((task) => FORGETTABLE.includes(task))) claimed.set(id, (claimed.get(id) ?? 0) + 1);
      if (random() < 0.8) await store.recordDeliveryOutcome(id, { deliveredAtMs: NOW });
    }
  },
  tellOfHealth: async (store) =>
    store.announceHealth({
      messages: [{ type: 'backup.failed', data: { reason: 'full' } }],
      ...{ checkpoint: { name: 'health', text: '{}' }, nowMs: NOW },
    }),
  trim: async (store) => store.trimDeliveries(NOW - 1),
} satisfies Record<string, Step>;

/** Numbers in [0, 1), the same for the same seed. */
function createRandom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

function choose<One>(random: Random, all: readonly One[]): One {
  return all[Math.floor(random() * all.length)] as One;
}

/** Up to so many, each once, in any order. */
function chooseSome<One>(random: Random, all: readonly One[], most: number): One[] {
  return [...new Set(Array.from({ length: 1 + Math.floor(random() * most) }, () => choose(random, all)))];
}
