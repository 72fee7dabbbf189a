/** One of the two stores that a sequence of calls runs on, and what later calls need of its answers. */
import fc from 'fast-check';
import type { StoreChange } from '../../../../src/store/contract/changes.ts';
import type { WantedImage } from '../../../../src/store/contract/images.ts';
import type { Store } from '../../../../src/store/contract/store.ts';
import type { Claim } from '../../../../src/store/contract/tracking.ts';
import type { TaskId } from '../../../../src/task/id.ts';
import type { ManualClock } from '../../../helpers/manual-clock.ts';

/** What earlier answers were: keys that each engine has made itself differ, but are the same one of these lists. */
export interface Seen {
  readonly requestSeqs: number[];
  readonly claims: Claim[];
  readonly images: WantedImage[];
  readonly runs: number[];
  readonly callbacks: string[];
  readonly collections: string[];
  readonly savedSearches: string[];
  readonly webhooks: string[];
  /** The ids of messages. */
  readonly messages: string[];
  /** By key, until when it is this process's to fetch. */
  readonly leases: Map<string, number>;
  /** Tasks that were looked at, to plan messages. */
  finished: readonly TaskId[];
}

export interface Session {
  readonly store: Store;
  readonly clock: ManualClock;
  /**
   * Whether each call is about one thing at most. Then no two things are due at the same time, and a claim may be limited: which of
   * those that are due at the same time it gets, the contract leaves open.
   */
  readonly isSingle: boolean;
  readonly seen: Seen;
  /** Ends the process, and starts another one on the same mirror. */
  restart(): Promise<void>;
  /** What the store has told of its changes since the last time. */
  takeChanges(): StoreChange[];
  /** Closes the store, and removes what it has stored. */
  end(): Promise<void>;
}

/** How to open the store of an engine, which is empty at first. */
export interface Engine {
  open(clock: ManualClock): Promise<Store>;
  remove(): void;
}

export async function startSession(
  engine: Engine,
  { clock, isSingle }: Pick<Session, 'clock' | 'isSingle'>,
): Promise<Session> {
  let changes: StoreChange[] = [];
  const seen = createSeen();
  const open = async () => {
    const opened = await engine.open(clock);
    opened.onChange((change) => changes.push(change));
    return opened;
  };
  let store = await open();
  return {
    get store() {
      return store;
    },
    clock,
    isSingle,
    seen,
    restart: async () => {
      await store.close();
      store = await open();
      seen.leases.clear();
    },
    takeChanges: () => {
      const taken = changes;
      changes = [];
      return taken;
    },
    end: async () => {
      await store.close();
      engine.remove();
    },
  };
}

function createSeen(): Seen {
  return {
    requestSeqs: [],
    claims: [],
    images: [],
    runs: [],
    callbacks: [],
    collections: [],
    savedSearches: [],
    webhooks: [],
    messages: [],
    leases: new Map(),
    finished: [],
  };
}

/** A call of the contract, the same for both stores. */
export interface Call {
  run(session: Session): Promise<unknown>;
  /** For the message of a sequence that fails. */
  readonly [fc.toStringMethod]: () => string;
}

/** Calls of one kind. @param run makes the call, and returns what both stores must answer alike */
export function createCalls<Args>(
  name: string,
  args: fc.Arbitrary<Args>,
  run: (session: Session, args: Args) => unknown,
): fc.Arbitrary<Call> {
  return args.map((given) => ({
    run: async (session) => run(session, given),
    [fc.toStringMethod]: () => `${name} ${JSON.stringify(given)}`,
  }));
}

/** As many things as a call of this session may be about. */
export function limitTo<Item>({ isSingle }: Session, items: readonly Item[]): readonly Item[] {
  return isSingle ? items.slice(0, 1) : items;
}

/** How much a claim of this session may get. */
export function chooseLimit({ isSingle }: Session): number {
  return isSingle ? 1 : 100;
}

/** One of a list, counted from its end; undefined if it is empty. */
export function pickSeen<Item>(list: readonly Item[], back: number): Item | undefined {
  return list.length === 0 ? undefined : list[list.length - 1 - (back % list.length)];
}
