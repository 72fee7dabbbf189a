/** What somebody outside was told is safe: from then on it must be there after every restart. */
import { createHash } from 'node:crypto';

export interface Ledger {
  /** A client got this document with 200, said to be stored or from the store. */
  stored(id: string, text: string): void;
  /** A client got 200 for tracking these. */
  tracked(ids: readonly string[]): void;
  /** A client got 200 for marking this task; the upstream's answers must not change its marks. */
  marked(id: string, marks: string): void;
  /** Acknowledged marks as JSON: each task is marked once. */
  readonly marks: ReadonlyMap<string, string>;
  /** Acknowledged documents with the SHA-256 of their bytes. */
  readonly documents: ReadonlyMap<string, string>;
  readonly trackedIds: ReadonlySet<string>;
  /** Those since the last call, for a check after each round. */
  takeNew(): { documents: Map<string, string>; trackedIds: Set<string>; marks: Map<string, string> };
}

export function createLedger(): Ledger {
  const documents = new Map<string, string>();
  const trackedIds = new Set<string>();
  const marks = new Map<string, string>();
  const createFresh = () => ({
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
    marks,
    documents,
    trackedIds,
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
