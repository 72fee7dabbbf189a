/** What somebody outside was told is safe: from then on it must be there after every restart. */
import { createHash } from 'node:crypto';

/** A saved search with a webhook, as a client was answered. */
export interface WatchedSearch {
  readonly savedId: string;
  readonly webhookId: string;
  /** The only word of its query. */
  readonly word: string;
  readonly secret: string;
}

/** A collection as its client left it. */
export interface CollectionState {
  /** Ids in order. */
  readonly tasks: readonly string[];
  /** The key of its public link; null: it has none. Undefined: a new one, which the answer would have told. */
  readonly link: string | null | undefined;
}

/** After a request that was not answered, either of two. */
export type PossibleStates = readonly (CollectionState | 'absent')[];

export interface Ledger {
  /** A client got this document with 200, said to be stored or from the store. */
  stored(id: string, text: string): void;
  /** A client got 200 for tracking these. */
  tracked(ids: readonly string[]): void;
  /** A client got 200 for marking this task; the upstream's answers must not change its marks. */
  marked(id: string, marks: string): void;
  /** A client got 201 for a saved search and its webhook. */
  watched(search: WatchedSearch): void;
  /** A client got a finished document that a webhook is to be told of. */
  expectsMessage(word: string, id: string): void;
  /** A client got this image with 200. */
  served(sha256: string): void;
  readonly images: ReadonlySet<string>;
  readonly watchedSearches: ReadonlyMap<string, WatchedSearch>;
  /** `word id` of each message that must arrive. */
  readonly expectedMessages: ReadonlySet<string>;
  /** By name: each client has collections of its own, and changes one after the other. */
  readonly collections: ReadonlyMap<string, PossibleStates>;
  /** What a client got 2xx for, and what it asks for; together at most two. */
  arranged(name: string, ...possible: PossibleStates): void;
  /** How many changes of collections were acknowledged. */
  arrangements(): number;
  /** Acknowledged marks as JSON: each task is marked once. */
  readonly marks: ReadonlyMap<string, string>;
  /** Acknowledged documents with the SHA-256 of their bytes. */
  readonly documents: ReadonlyMap<string, string>;
  readonly trackedIds: ReadonlySet<string>;
  /** Those since the last call, for a check after each round. */
  takeNew(): {
    documents: Map<string, string>;
    trackedIds: Set<string>;
    marks: Map<string, string>;
    watchedSearches: Map<string, WatchedSearch>;
    collections: Map<string, PossibleStates>;
    images: Set<string>;
  };
}

export function createLedger(): Ledger {
  const documents = new Map<string, string>();
  const trackedIds = new Set<string>();
  const marks = new Map<string, string>();
  const watchedSearches = new Map<string, WatchedSearch>();
  const expectedMessages = new Set<string>();
  const collections = new Map<string, PossibleStates>();
  const images = new Set<string>();
  let arrangements = 0;
  const createFresh = () => ({
    watchedSearches: new Map<string, WatchedSearch>(),
    documents: new Map<string, string>(),
    trackedIds: new Set<string>(),
    marks: new Map<string, string>(),
    collections: new Map<string, PossibleStates>(),
    images: new Set<string>(),
  });
  let fresh = createFresh();
  return {
    stored: (id, text) => {
      const hash = sha256(text);
      documents.set(id, hash);
      fresh.documents.set(id, hash);
    },
    tracked: (ids) => {
      for (const id of ids) {
        trackedIds.add(id);
        fresh.trackedIds.add(id);
      }
    },
    marked: (id, text) => {
      marks.set(id, text);
      fresh.marks.set(id, text);
    },
    watched: (search) => {
      watchedSearches.set(search.word, search);
      fresh.watchedSearches.set(search.word, search);
    },
    expectsMessage: (word, id) => {
      expectedMessages.add(`${word} ${id}`);
    },
    served: (hash) => {
      images.add(hash);
      fresh.images.add(hash);
    },
    arranged: (name, ...possible) => {
      if (possible.length === 1) arrangements += 1;
      collections.set(name, possible);
      fresh.collections.set(name, possible);
    },
    arrangements: () => arrangements,
    collections,
    images,
    marks,
    documents,
    trackedIds,
    watchedSearches,
    expectedMessages,
    takeNew: () => {
      const taken = fresh;
      fresh = createFresh();
      return taken;
    },
  };
}

export function sha256(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
