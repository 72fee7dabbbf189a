/**
 * The last counts of a connection that never writes. They are valid while nobody else has changed anything. After that, those that took
 * long are answered once more as they are, and are counted again when the connection is idle: a page asks the same questions again and
 * again, and must not wait for what the stored counts can't decide.
 */

const MAX_ENTRIES = 32;
/** How often an answer may fail to be counted again before a request for it waits. */
const MAX_FAILURES = 3;
/** What is counted in less is not worth being out of date, milliseconds. */
export const CHEAP_MS = 10;
/** Nothing takes long at so few tasks, whatever a busy machine says. */
export const FEW_TASKS = 20_000;

export interface CountEntry {
  readonly counts: unknown;
  /** Of what was counted, read before: what is changed meanwhile may or may not be included. */
  readonly version: unknown;
  /** Whether it is counted again, rather than answered, when it is out of date. */
  readonly isCheap: boolean;
  /** Counts it again, and adds it. */
  readonly recount: () => unknown;
}

export interface CountBook {
  /** What may be answered now, perhaps out of date; undefined if it must be counted. */
  find(key: string, version: unknown): CountEntry | undefined;
  add(key: string, entry: CountEntry): void;
  /** Whether something was answered that was out of date, and has not been counted again since. */
  isRecountDue(): boolean;
  /** One of those. It counts as failed until it is added again; after several failures, a request waits for the count. */
  takeDue(): CountEntry | undefined;
}

export function createCountBook(): CountBook {
  const entries = new Map<string, CountEntry>(); // the least recently used first
  const due = new Set<string>();
  /** How often they could not be counted again. */
  const failures = new Map<string, number>();

  const keep = (key: string, entry: CountEntry): void => {
    entries.delete(key);
    entries.set(key, entry);
    const [oldest] = entries.keys();
    if (entries.size > MAX_ENTRIES && oldest !== undefined) forget(oldest);
  };

  const forget = (key: string): void => {
    for (const keys of [entries, due, failures]) keys.delete(key);
  };

  return {
    find: (key, version) => {
      const known = entries.get(key);
      const isValid = known?.version === version;
      const mustWait = known?.isCheap === true || (failures.get(key) ?? 0) >= MAX_FAILURES;
      if (!known || (!isValid && mustWait)) return undefined;
      if (!isValid) due.add(key);
      keep(key, known);
      return known;
    },
    add: (key, entry) => {
      keep(key, entry);
      due.delete(key);
      failures.delete(key);
    },
    isRecountDue: () => due.size > 0,
    takeDue: () => {
      const [key] = due;
      if (key === undefined) return undefined;
      due.delete(key);
      failures.set(key, (failures.get(key) ?? 0) + 1);
      return entries.get(key);
    },
  };
}
