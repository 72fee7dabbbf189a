/** Stores many prompts, in the order of time. */
import type { Store } from '../../src/store/contract/store.ts';
import type { TaskId } from '../../src/task/id.ts';
import { document, numberedIds } from '../helpers/documents.ts';
import { SEARCH_NOW } from '../helpers/search.ts';

/** Stores a task a minute. @returns their ids */
export async function storePrompts(
  store: Store,
  prompts: readonly string[],
  { userId, from = 0 }: { userId?: string; from?: number } = {},
): Promise<TaskId[]> {
  const ids = numberedIds(from + prompts.length).slice(from);
  const documents = prompts.map((prompt, at) =>
    document({
      ...{ id: String(ids[at]), prompt, createdAt: SEARCH_NOW / 1000 + (from + at) * 60 },
      ...(userId === undefined ? {} : { userId }),
    }),
  );
  for (let at = 0; at < documents.length; at += 500)
    await store.storeDocuments({
      documents: documents.slice(at, at + 500),
      requestSeq: await store.nextRequestSeq(),
      fetchedAtMs: SEARCH_NOW,
    });
  return documents.map(({ id }) => id);
}
