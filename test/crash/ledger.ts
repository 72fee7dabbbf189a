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
  readonly watchedSearches: ReadonlyMap<string, WatchedSearch>;
  /** `word id` of each message that must arrive. */
  readonly expectedMessages: ReadonlySet<string>;
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
  };
}

export function createLedger(): Ledger {
  const documents = new Map<string, string>();
  const trackedIds = new Set<string>();
  const marks = new Map<string, string>();
  const watchedSearches = new Map<string, WatchedSearch>();
  const expectedMessages = new Set<string>();
  const createFresh = () => ({
    watchedSearches: new Map<string, WatchedSearch>(),
    documents: new Map<string, string>(),
    trackedIds: new Set<string>(),
    marks: new Map<string, string>(),
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
