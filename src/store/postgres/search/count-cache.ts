/** Keeps the last counts of a process that never writes (see rules/count-book.ts), while no other process has changed anything. */
import { createCountBook } from '../../rules/count-book.ts';
import type { Postgres } from '../database.ts';
import { readForeignVersion } from '../servers.ts';

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
    count: (request: Asked) => Promise<Counts>,
  ): (request: Asked) => Promise<Counts>;
  isRecountDue(): boolean;
  /** Counts one of those again that were answered although they were out of date. */
  recount(): Promise<void>;
}

/** For processes that write, or answer one question. */
export const NO_COUNT_CACHE: CountCache = {
  wrap: (_name, _getKey, count) => count,
  isRecountDue: () => false,
  recount: async () => undefined,
};

/** @param isCheap whether what was counted in this time is counted again rather than answered when it is out of date */
export function createCountCache(db: Postgres, isCheap: (tookMs: number) => Promise<boolean>): CountCache {
  const book = createCountBook();
  return {
    wrap: <Asked, Counts>(
      name: string,
      getKey: (request: Asked) => unknown,
      count: (request: Asked) => Promise<Counts>,
    ) => {
      const countNow = async (key: string, request: Asked): Promise<Counts> => {
        const version = await readForeignVersion(db);
        const started = performance.now();
        const counts = await count(request);
        const tookMs = performance.now() - started;
        book.add(key, {
          ...{ counts, version, isCheap: await isCheap(tookMs) },
          recount: () => countNow(key, request),
        });
        return counts;
      };
      return async (request: Asked) => {
        const key = JSON.stringify([name, getKey(request)]);
        const known = book.find(key, await readForeignVersion(db));
        return known ? (known.counts as Counts) : countNow(key, request); // the key has the name of what is counted
      };
    },
    isRecountDue: book.isRecountDue,
    recount: async () => {
      await book.takeDue()?.recount();
    },
  };
}
