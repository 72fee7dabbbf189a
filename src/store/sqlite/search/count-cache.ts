/**
 * Keeps the last counts of a connection that never writes. They are valid while no other connection has committed anything. After
 * that, those that took long are answered once more as they are, and are counted again when the connection is idle: a page asks the
 * same questions again and again, and must not wait for what the stored counts can't decide.
 */
import type { Sqlite } from '../database.ts';

const MAX_ENTRIES = 32;
/** How often an answer may fail to be counted again before a request for it waits. */
const MAX_FAILURES = 3;

export interface CountCache {
  /**
   * Makes a function that keeps its last results.
   * @param name of what is counted
   * @param getKey what makes requests different, as JSON
   * @param count counts, however often it is called
   */
  wrap<Asked, Counts>(
    name: string,
    getKey: (request: Asked) => unknown,
    count: (request: Asked) => Counts,
  ): (request: Asked) => Counts;
  /** Whether something was answered that was out of date, and has not been counted again since. */
  isRecountDue(): boolean;
  /** Counts one of those again. If that fails repeatedly, because it is ended, a request waits for the count. */
  recount(): void;
}

interface Entry {
  readonly counts: unknown;
  /** SQLite's `data_version` before it was counted: what is committed meanwhile may or may not be included. */
  readonly version: unknown;
  readonly isCheap: boolean;
  /** Counts it again. */
  readonly recount: () => void;
}

/** @param isCheap whether what was counted in this time is counted again rather than answered when it is out of date */
export function createCountCache(
  { raw }: Pick<Sqlite, 'raw'>,
  isCheap: (tookMs: number) => boolean,
): CountCache {
  const entries = new Map<string, Entry>(); // the least recently used first
  const due = new Set<string>();
  /** How often they could not be counted again. */
  const failures = new Map<string, number>();

  const keep = (key: string, entry: Entry): void => {
    entries.delete(key);
    entries.set(key, entry);
    const [oldest] = entries.keys();
    if (entries.size > MAX_ENTRIES && oldest !== undefined) forget(oldest);
  };

  const forget = (key: string): void => {
    for (const keys of [entries, due, failures]) keys.delete(key);
  };

  return {
    wrap: <Asked, Counts>(
      name: string,
      getKey: (request: Asked) => unknown,
      count: (request: Asked) => Counts,
    ) => {
      const countNow = (key: string, request: Asked): Counts => {
        const version = readVersion(raw);
        const started = performance.now();
        const counts = count(request);
        const tookMs = performance.now() - started;
        keep(key, { counts, version, isCheap: isCheap(tookMs), recount: () => countNow(key, request) });
        due.delete(key);
        failures.delete(key);
        return counts;
      };
      return (request: Asked) => {
        const key = JSON.stringify([name, getKey(request)]);
        const known = entries.get(key);
        const isValid = known?.version === readVersion(raw);
        const mustWait = known?.isCheap === true || (failures.get(key) ?? 0) >= MAX_FAILURES;
        if (!known || (!isValid && mustWait)) return countNow(key, request);
        if (!isValid) due.add(key);
        keep(key, known);
        return known.counts as Counts; // the key has the name of what is counted
      };
    },
    isRecountDue: () => due.size > 0,
    recount: () => {
      const [key] = due;
      if (key === undefined) return;
      due.delete(key);
      failures.set(key, (failures.get(key) ?? 0) + 1); // until it has been counted
      entries.get(key)?.recount();
    },
  };
}

function readVersion(raw: Sqlite['raw']): unknown {
  return raw.pragma('data_version', { simple: true });
}
