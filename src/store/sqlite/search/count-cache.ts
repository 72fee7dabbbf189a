/** Keeps the last counts of a connection that never writes (see rules/count-book.ts), while no other connection has committed anything. */
import { createCountBook } from '../../rules/count-book.ts';
import type { Sqlite } from '../database.ts';

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
  isRecountDue(): boolean;
  /** Counts one of those again that were answered although they were out of date. */
  recount(): void;
}

/** @param isCheap whether what was counted in this time is counted again rather than answered when it is out of date */
export function createCountCache(
  { raw }: Pick<Sqlite, 'raw'>,
  isCheap: (tookMs: number) => boolean,
): CountCache {
  const book = createCountBook();
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
        book.add(key, { counts, version, isCheap: isCheap(tookMs), recount: () => countNow(key, request) });
        return counts;
      };
      return (request: Asked) => {
        const key = JSON.stringify([name, getKey(request)]);
        const known = book.find(key, readVersion(raw));
        return known ? (known.counts as Counts) : countNow(key, request); // the key has the name of what is counted
      };
    },
    isRecountDue: book.isRecountDue,
    recount: () => {
      book.takeDue()?.recount();
    },
  };
}

/** SQLite's `data_version`. */
function readVersion(raw: Sqlite['raw']): unknown {
  return raw.pragma('data_version', { simple: true });
}
