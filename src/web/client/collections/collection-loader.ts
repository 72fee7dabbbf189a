/** Reads the collection that a page shows: its tasks page by page, and all that are shown again after a change. */
import { COLLECTION_PAGE_SIZE, type OpenCollection } from '../../view/collections-data.ts';
import type { CollectionEntry } from '../../view/data.ts';
import type { CollectionRequests } from './requests.ts';

/** Tasks of one request. */
const MAX_PAGE_SIZE = 500;

export interface CollectionLoader {
  /** As it is now. @param count tasks from the beginning, as far as there are so many */
  load(count: number): Promise<OpenCollection>;
  /** With one more page. @param isOutdated whether places have changed since, and with them the cursor */
  extend(open: OpenCollection, isOutdated: boolean): Promise<OpenCollection>;
}

export function createCollectionLoader(id: string, requests: CollectionRequests): CollectionLoader {
  const load = async (count: number): Promise<OpenCollection> => {
    const { data: collection, etag } = await requests.read(id);
    const tasks: CollectionEntry[] = [];
    let cursor: string | null = null;
    do {
      const limit = Math.min(MAX_PAGE_SIZE, Math.max(1, count - tasks.length));
      const { data } = await requests.readTasks(id, limit, cursor);
      tasks.push(...data.items);
      cursor = data.next_cursor;
    } while (cursor !== null && tasks.length < count);
    // If it was changed in between, the next change of ours is refused, and it is read again.
    return { collection, etag, tasks, nextCursor: cursor, isContinued: false };
  };
  return {
    load,
    extend: async (open, isOutdated) => {
      const { etag, tasks, nextCursor } = open;
      if (nextCursor === null) return open;
      const page = isOutdated ? undefined : await requests.readTasks(id, COLLECTION_PAGE_SIZE, nextCursor);
      if (page?.etag !== etag) return load(tasks.length + COLLECTION_PAGE_SIZE);
      return { ...open, tasks: [...tasks, ...page.data.items], nextCursor: page.data.next_cursor };
    },
  };
}
